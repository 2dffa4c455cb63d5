/*
title: Broken
fact: orders
additive: false
*/
max(sum(amount))
-- # No database aggregates an aggregate.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:6 | 'SUM(amount)' is an aggregate inside another one. Compute the inner one in the fact's SQL as a column.
