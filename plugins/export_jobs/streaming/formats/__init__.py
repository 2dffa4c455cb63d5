"""The formats that are made from staged rows: one file a format, each in memory that does not grow with the rows."""
