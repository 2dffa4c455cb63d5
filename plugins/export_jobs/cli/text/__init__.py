"""What commands print of definitions, plans and the catalogue."""
