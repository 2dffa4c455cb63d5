"""One run: what a task is given, where its files are staged, and what earlier tasks returned."""
