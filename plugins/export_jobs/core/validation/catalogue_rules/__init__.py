"""The rules of a catalogue, one small function each; ``core/validation/catalogue.py`` is the door to all of them.

A rule yields issues whose path is a key of the header (``columns.cds``) or, for the SQL below it, what
:func:`export_jobs.core.validation.catalogue_rules.place.in_sql` gives; the door makes file and line of it.
"""
