"""Pure: what a definition means, which windows it has, what SQL it is. No Airflow, no database, no web."""
