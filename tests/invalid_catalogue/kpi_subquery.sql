/*
title: Broken
fact: orders
additive: false
*/
sum(amount) / (SELECT max(rate) FROM shop.rates)
-- # A KPI reads the rows of its fact, and no other table.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:6 | the expression contains a query. Move it into the fact's SQL, as a column.
