"""The catalogue, templates, filter values, previews and test files for the page."""
