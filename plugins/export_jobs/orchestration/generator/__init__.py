"""Keep Airflow's Dag files small and fast: one file for each shard of the jobs, and a cache of validated Dags."""
