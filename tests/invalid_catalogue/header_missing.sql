sum(amount)
-- # A file starts with its header.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql | the file does not start with a /* … */ header. Start the file with one /* … */ comment that contains YAML, then write the SQL.
