"""Compile jobs to SQL; ``statements/`` has the statement template of each kind of template."""
