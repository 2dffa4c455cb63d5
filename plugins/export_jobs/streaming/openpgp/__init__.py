"""Encryption to receivers' OpenPGP keys by gpg in a child process."""
