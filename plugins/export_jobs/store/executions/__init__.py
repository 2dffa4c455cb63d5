"""What the ledger holds of executions, read: history, pages, states, and how all jobs are doing."""
