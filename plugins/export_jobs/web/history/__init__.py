"""What became of a job's windows, as the page shows it, and what a person asks to run again."""
