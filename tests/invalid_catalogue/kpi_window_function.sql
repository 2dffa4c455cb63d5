/*
title: Broken
fact: orders
additive: false
*/
sum(amount) OVER (PARTITION BY store_id)
-- # A KPI is of a group of rows.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:6 | 'SUM(amount) OVER (PARTITION BY store_id)' is computed for each row (OVER), but a KPI is for a group of rows. Compute it in the fact's SQL as a column, and aggregate that.
