"""Export jobs for Apache Airflow: a definition row becomes a delivered, verifiable file.

The path of data, with one function and one file for each step:

1. table row -> ``ExportJob``                                   ``store/stored_job.py``
2. ``ExportJob`` x ``Catalogue`` -> list of ``Issue``              ``core/validation/definitions.py``
3. schedule x instant -> ``Window``                             ``core/windows/window.py``
4. ``ExportJob`` x ``Catalogue`` x ``Window`` -> ``CompiledExport``  ``core/sql/compiler.py``
5. ``ExportJob`` -> Dag                                         ``orchestration/factory.py``
6. query -> staged CSV -> staged archive (``ExportFile``)        ``streaming/``, ``orchestration/tasks.py``
7. ``ExportFile`` -> ``Receipt``                                  ``delivery/<kind>.py``
8. manifest, then mail                                         ``orchestration/publishing.py``, ``notifying.py``
9. every result -> ledger                                      ``store/ledger.py``
"""

__version__ = "0.2.0"
