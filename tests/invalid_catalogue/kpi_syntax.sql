/*
title: Broken
fact: orders
*/
sum(
  amount
) )
-- # The line is that of the file.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:7 | this is not valid postgres SQL: Invalid expression / Unexpected token near ')'. Correct it.
