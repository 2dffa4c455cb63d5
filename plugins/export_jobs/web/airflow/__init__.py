"""What the page needs of Airflow beside its public API: its tables and its address."""
