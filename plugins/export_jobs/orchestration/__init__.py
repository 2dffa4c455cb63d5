"""The only code that imports Airflow: Dags from rows, tasks that call core and record, the timetable."""
