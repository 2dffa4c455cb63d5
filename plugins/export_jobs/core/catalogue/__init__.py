"""What can be exported: facts, KPIs and dimensions, as files and as objects, and their columns."""
