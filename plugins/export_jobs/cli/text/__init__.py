"""The text that commands print about definitions, plans and the catalogue."""
