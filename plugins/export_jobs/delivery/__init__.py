"""Getting a staged file to a destination, whole or not at all. One file a kind."""
