"""A connection to the store's PostgreSQL, one transaction on it, and what its refusals mean."""
