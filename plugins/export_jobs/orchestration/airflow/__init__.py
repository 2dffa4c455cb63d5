"""Airflow's connections, and its public REST API."""
