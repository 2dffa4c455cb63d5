"""What every source and format stands on: a file being written, and how long a query may take."""
