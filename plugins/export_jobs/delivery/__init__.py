"""Deliver a staged file to a destination, whole or not at all. Each kind of destination has one file here."""
