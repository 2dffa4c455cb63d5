"""The page: its ES modules as Airflow's own server serves them, to those who are logged in."""
