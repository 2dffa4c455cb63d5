"""The state of a job's windows, as the page shows it, and the windows to run again."""
