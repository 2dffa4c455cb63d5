"""The catalogue, templates and values to filter by, as the page shows them."""
