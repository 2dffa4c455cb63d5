title: Margin
# Metadata stands in the header of the SQL.
# file: kpis/margin.yaml
# expect: kpis/margin.yaml | this is never read: only files directly in this folder whose names end in .sql are read. Rename it to end in .sql, or remove it. (warning)
