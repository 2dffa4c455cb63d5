"""Check a catalogue against live databases: read-only, and no row is shown."""
