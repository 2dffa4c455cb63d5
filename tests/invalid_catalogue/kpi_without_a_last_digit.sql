/*
title: Amount a day
fact: orders
additive: false
*/
avg(amount)
-- # 3.3333333333333333 in PostgreSQL is 3.3333333333333335 in DuckDB.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:1: decimals | the digits of 'AVG(amount)' never end, and databases differ in the last ones. Write decimals, such as decimals: 2. (warning)
