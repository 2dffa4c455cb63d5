"""Check an installation from the inside: what works, what does not, and what to do about it.

``report.py`` runs every check on its own; each of the other modules contains the checks of one subject.
"""
