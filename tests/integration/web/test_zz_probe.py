import time
from sqlalchemy import event
from tests.integration.web.test_history import *
from tests.integration.web.samples import TODAY
from datetime import timedelta

pytestmark = pytest.mark.integration

def test_probe_zone(ask, web_store, airflow_tables):
    from export_jobs.core.job import JobSpec
    job = web_store.definitions.create(JobSpec.model_validate(body("bad", schedule={**past(4,0), "time_zone": "Europe/Atlantis"})), "anna")
    deliver(web_store, execute(web_store, job, 4))
    r = run(job.dag_id, "scheduled__3", "failed"); r.data_interval_start, r.data_interval_end = instant(3), instant(2)
    airflow_tables(dag(job.dag_id), r)
    for p in ("windows","executions"):
        a=ask().get(f"{JOBS}/{job.dag_id}/{p}"); print("PROBE",p,a.status_code,a.text[:160])
    for verb, b in (("rerun",{"dry_run":True}),("run",{}),("reexport",{"start":instant(3).isoformat(),"end":instant(2).isoformat()})):
        a=ask().post(f"{JOBS}/{job.dag_id}/{verb}",json=b); print("PROBE",verb,a.status_code,a.text[:260])

def test_probe_years(ask, web_store, airflow_tables):
    from export_jobs.core.job import JobSpec
    n = 2000
    job = web_store.definitions.create(JobSpec.model_validate(body("years", schedule=past(n, 0))), "anna")
    web_store.hand(f"""INSERT INTO export_jobs.execution (job_id, dag_id, run_id, run_type, window_start, window_end, version)
      SELECT {job.job_id}, '{job.dag_id}', 'scheduled__' || d, 'scheduled', (date '{TODAY}' - d)::timestamp at time zone 'UTC', (date '{TODAY}' - d + 1)::timestamp at time zone 'UTC', 1 FROM generate_series({n}, 2, -1) d""",
      """INSERT INTO export_jobs.execution_event (execution_id, kind, step, template, try_number)
      SELECT e.id, k, s, t, 1 FROM export_jobs.execution e, unnest(array['started','succeeded']) k, unnest(array['extract','compress','upload']) s, unnest(array['rows','totals']) t""", "ANALYZE")
    airflow_tables(dag(job.dag_id))
    sent=[]
    from export_jobs.web import state
    eng = state.engine()
    event.listen(eng, "before_cursor_execute", lambda c,cur,s,*_: sent.append(s))
    for p in ("windows","executions","windows","executions","executions?offset=1500"):
        sent.clear(); t=time.perf_counter(); a=ask().get(f"{JOBS}/{job.dag_id}/{p}"); print("PROBE",p,a.status_code,round(time.perf_counter()-t,2),"s",len(sent),"queries",len(a.content))
    t=time.perf_counter(); rec=web_store.ledger.executions(job.job_id); print("PROBE ledger.executions", round(time.perf_counter()-t,2), len(rec))
