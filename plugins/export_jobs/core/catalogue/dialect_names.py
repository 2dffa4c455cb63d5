"""The SQL dialects with special treatment, as headers of the catalogue name them."""

from __future__ import annotations

DUCKDB = "duckdb"
POSTGRES = "postgres"
SQLITE = "sqlite"

ONE_INSTANT = frozenset({POSTGRES, DUCKDB, SQLITE, "redshift"})
"""Databases in which everything that a transaction reads is from the same instant, with any settings."""
