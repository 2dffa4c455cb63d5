"""Rows of PostgreSQL: ``COPY`` at libpq level, settled windows, and the meaning of the server's errors."""
