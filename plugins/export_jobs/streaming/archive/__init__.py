"""What stands before and behind a deflate stream so that it is a file: a zip with one entry, or gzip."""
