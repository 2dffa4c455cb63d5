"""The auditor's work: gather what is known of all jobs, mend what loses nothing, tell whom it concerns."""
