# An Airflow image with Export Jobs inside: code that nobody can write to, run by Airflow's own user (50000).
#   make wheel && docker build --tag airflow-export-jobs .
# docs/howto/deploy.md says which volumes and variables each process needs.
ARG AIRFLOW_IMAGE=apache/airflow:slim-3.3.2-python3.12
FROM ${AIRFLOW_IMAGE}

USER root
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gnupg \
    && rm -rf /var/lib/apt/lists/*
COPY --chmod=0444 include/sql /opt/export-jobs/sql
RUN find /opt/export-jobs -type d -exec chmod 0555 {} +

USER airflow
COPY dist/*.whl /tmp/wheels/
# The wheel decides the versions of its dependencies. Extras: staging that pods share, Celery, Parquet, Excel.
# Airflow's chart requires the two providers, and the slim image does not have them: KubernetesExecutor is in
# cncf-kubernetes, the chart's auth manager and its command `airflow users create` in fab. The ranges go from the newest
# version when this was written to the next major version, as in the wheel.
RUN wheel="$(ls /tmp/wheels/airflow_export_jobs-*.whl)" \
    && pip install --no-cache-dir "apache-airflow==${AIRFLOW_VERSION}" "${wheel}[s3-staging,celery,parquet,xlsx]" \
        "apache-airflow-providers-cncf-kubernetes>=10.25,<11" "apache-airflow-providers-fab>=3.10.2,<4"

ENV EXPORT_JOBS_CATALOGUE=/opt/export-jobs/sql \
    EXPORT_JOBS_STATE=/opt/airflow/state \
    PYTHONDONTWRITEBYTECODE=1
