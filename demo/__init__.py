"""The one-command stack: real servers on 127.0.0.1, a warehouse with CDNOW's purchases, Airflow, sample jobs."""
