"""The page and its API, served by Airflow's own API server under ``/export-jobs``. The only code that imports fastapi.

A route of the API, from request to answer:

1. ``http/guard.py``            refuses a write from another site, adds the headers, gives the unexpected an error id
2. ``http/access.py``           who calls, and whether Airflow's auth manager allows it, as the signature says
3. ``api/<noun>``               one module a noun, each with a ``router``; ``app.py`` lists them
4. ``http/dependencies.py``     the store, the ledger and the catalogue, as parameters
5. ``http/error_responses.py``  one shape for everything that is refused, every issue at once
6. ``http/audit_log.py``        every write, done or refused, becomes a row of Airflow's audit log

To add a route::

    router = api_router("templates")

    @router.delete("/templates/{name}", status_code=204)
    def delete_template(name: str, user: EditsDags, store: StoreDep, entry: AuditEntryDep) -> None:
        entry.note(changed=["template"], before={"name": name})
        store.delete_template(name, user.actor)

- Each route takes one of the permissions of ``http/access.py``; a test fails for one that takes none. Those of a job's
  Dag (``ReadsJob``, ``EditsJob`` …) need ``{dag_id}`` in the path; ``StoredJobDep`` is then that job, or a 404.
- Routes are plain ``def``: they wait for databases, and run in a thread.
- Raise ``RequestRefusal`` with a status and issues; a ``UserError`` becomes 422, a
  ``ConflictError`` 409, a ``TransientError`` 503.
- What only looks at definitions (a dry run, a check of a draft) calls ``entry.skip()``, which keeps it out of the audit
  log. A preview shows data, so it is recorded.
- Bodies and answers are ``ApiModel`` models: unknown keys are refused. ``http/query_parameters.py`` does
  the same for the query.
- To act on Airflow, ask ``airflow_api_for(user)``: the public API in the user's name, so Airflow checks and records.
"""
