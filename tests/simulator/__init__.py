"""The delivery protocol under a seeded scheduler with a clock of its own: every interleaving can be played again.

What runs is the package's own ``publish``, ``fence`` and ``MemoryDestination``. The store is a double that
``test_ledger_double.py`` compares with the real one. Airflow, machines and networks are modelled here, with their
faults.
"""
