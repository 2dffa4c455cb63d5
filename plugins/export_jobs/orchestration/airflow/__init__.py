"""What Airflow holds for us: its connections, and its public REST API."""
