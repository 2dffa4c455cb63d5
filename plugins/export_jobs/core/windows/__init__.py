"""Time: the windows of a schedule, their state, and which of them a rerun clears."""
