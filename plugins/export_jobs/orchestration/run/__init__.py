"""One run: its context, its staged files, and the results of earlier tasks."""
