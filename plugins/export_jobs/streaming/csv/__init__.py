"""CSV as PostgreSQL's ``COPY`` writes it, from whichever database the rows come."""
