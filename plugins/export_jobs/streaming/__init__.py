"""Bytes in constant memory: query to CSV, CSV to archive. Takes open connections and files, knows not where from."""
