"""What every source and format needs: a file that is being written, and how long a query may take."""
