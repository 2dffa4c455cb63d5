"""Checks an installation from the inside: what works, what does not, and what to do about it.

``report.py`` runs every check, each by itself; ``installation.py``, ``databases.py`` and ``services.py`` hold them.
"""
