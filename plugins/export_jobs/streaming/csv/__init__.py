"""CSV as PostgreSQL's ``COPY`` writes it, for rows of any database."""
