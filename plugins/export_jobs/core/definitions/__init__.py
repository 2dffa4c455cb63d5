"""What a person writes: jobs, templates, destinations, filters, and their names. Silent about meaning."""
