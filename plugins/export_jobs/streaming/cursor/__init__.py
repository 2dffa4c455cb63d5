"""Rows of any other database, through its driver's cursor (PEP 249)."""
