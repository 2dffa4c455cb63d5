"""For Airflow's plugins folder alone; the wheel names the same class in its entry point."""

from export_jobs.plugin import plugin_for_folder

registered = plugin_for_folder()
