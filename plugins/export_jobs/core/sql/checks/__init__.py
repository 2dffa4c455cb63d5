"""Statements about a source besides its export: its columns, its schemas, rows that came late."""
