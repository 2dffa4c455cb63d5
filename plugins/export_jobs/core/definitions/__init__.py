"""What a person writes: jobs, templates, destinations, filters, and their names. Their meaning is checked elsewhere."""
