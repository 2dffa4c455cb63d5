"""The formats that are written from staged rows: one file each, in memory that does not grow with the rows."""
