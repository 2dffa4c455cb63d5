"""The page: its ES modules, which Airflow's own server serves to logged-in users."""
