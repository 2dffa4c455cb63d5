"""The rules for a catalogue, one small function each; ``core/validation/catalogue.py`` is the entry point.

A rule yields issues whose path is a key of the header (``columns.cds``) or, for the SQL below it, what
:func:`export_jobs.core.validation.catalogue_rules.place.in_sql` gives; the entry point turns it into file and line.
"""
