"""Rows of PostgreSQL: ``COPY`` at libpq level, settled windows, and what the server's errors mean."""
