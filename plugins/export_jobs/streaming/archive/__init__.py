"""Headers and trailers that turn a deflate stream into a file: a zip with one entry, or gzip."""
