"""The SQL dialects that get special care, as headers of the catalogue name them."""

from __future__ import annotations

DUCKDB = "duckdb"
POSTGRES = "postgres"
SQLITE = "sqlite"
