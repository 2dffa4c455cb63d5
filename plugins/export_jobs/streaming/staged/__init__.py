"""Rows between two steps: a raw deflate stream, which zip and gzip use unchanged and other formats read back."""
