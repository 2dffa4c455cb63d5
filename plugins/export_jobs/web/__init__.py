"""The page and its API, served by Airflow's own API server under ``/export-jobs``. The only code that imports fastapi.

A route of the API, from request to answer:

1. ``http/guard.py``            refuses writes from other sites, adds headers, gives unexpected errors an id
2. ``http/access.py``           the caller, and whether Airflow's auth manager grants the route's permission
3. ``api/<noun>``               one module per noun, each with a ``router``; ``app.py`` finds them
4. ``http/dependencies.py``     the store, the ledger and the catalogue, as parameters
5. ``http/error_responses.py``  one shape for all errors, every issue at once
6. ``http/audit_log.py``        records every write, done or refused, in Airflow's audit log

To add a route::

    router = api_router("templates")

    @router.delete("/templates/{name}", status_code=204)
    def delete_template(name: str, user: EditsDags, store: StoreDep, entry: AuditEntryDep) -> None:
        entry.note(changed=["template"], before={"name": name})
        store.delete_template(name, user.actor)

- Each route has one of the permissions of ``http/access.py``; a test fails for a route without one. Permissions on a
  job's Dag (``ReadsJob``, ``EditsJob`` …) need ``{dag_id}`` in the path; ``StoredJobDep`` is then that job, or a 404.
- Routes are plain ``def`` and run in a thread, because they wait for databases.
- Raise ``RequestRefusal`` with a status and issues; a ``UserError`` becomes 422, a
  ``ConflictError`` 409, a ``TransientError`` 503.
- A route that only reads definitions (a dry run, a check of a draft) calls ``entry.skip()``, which keeps it out of the
  audit log. A preview shows data, so it is recorded.
- Bodies and answers are ``ApiModel`` models: unknown keys are refused. ``http/query_parameters.py`` does
  the same for the query.
- To act on Airflow, use ``airflow_api_for(user)``: the public API in the user's name, so Airflow checks and records.
"""
