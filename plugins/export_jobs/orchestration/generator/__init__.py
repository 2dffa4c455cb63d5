"""What makes Airflow's files of Dags small and quick: a file a shard of the jobs, and Dags that were proven before."""
