"""A catalogue against a live database: what is asked, and how; read-only, and no row of it is shown."""
