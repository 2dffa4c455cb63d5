"""Time: which windows a schedule has, what became of them, and which of them a rerun takes."""
