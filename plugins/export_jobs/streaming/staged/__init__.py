"""Rows between two steps: one raw deflate stream, which zip and gzip take as it is and other formats read back."""
