"""The SQL dialects that get special care, as headers of the catalogue name them."""

from __future__ import annotations

DUCKDB = "duckdb"
POSTGRES = "postgres"
SQLITE = "sqlite"

ONE_INSTANT = frozenset({POSTGRES, DUCKDB, SQLITE, "redshift"})
"""Databases in which everything that one transaction reads is of one instant, whatever their settings are."""
