"""The parts of jobs, one module each: destinations, templates and their uses, keys, file names."""
