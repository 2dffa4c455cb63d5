title: Margin
# Metadata stands in the header of the SQL.
# file: kpis/margin.yaml
# expect: kpis/margin.yaml | nothing reads this: only files of this folder whose name ends in .sql are read. Rename it to end in .sql, or remove it. (warning)
