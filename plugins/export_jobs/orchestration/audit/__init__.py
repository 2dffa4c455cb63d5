"""The auditor's work: gather the facts about all jobs, repair what loses no data, and mail the findings."""
