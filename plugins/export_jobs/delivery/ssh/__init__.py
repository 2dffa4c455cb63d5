"""Logging in to an SSH server: its host key, one try of each secret, the algorithms that are agreed."""
