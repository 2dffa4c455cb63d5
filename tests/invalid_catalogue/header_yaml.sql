/*
title: [Broken
fact: orders
*/
sum(amount)
-- # The header is YAML.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:3 | this is not YAML: while parsing a flow sequence did not find expected ',' or ']'. Start the file with one /* … */ comment that contains YAML, then write the SQL.
