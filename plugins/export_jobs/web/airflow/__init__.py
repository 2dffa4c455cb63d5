"""What the page needs from Airflow besides its public API: its tables."""
