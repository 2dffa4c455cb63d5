"""Statements about a source other than its export: its columns, its schemas, rows that came late."""
