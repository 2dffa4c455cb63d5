"""What jobs are put together from, a file each: destinations, templates and their uses, keys, names of files."""
