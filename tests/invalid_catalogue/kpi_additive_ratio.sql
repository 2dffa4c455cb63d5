/*
title: Broken
fact: orders
decimals: 2
*/
sum(amount) / nullif(sum(items), 0)
-- # Ratios of groups cannot be summed.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:1: additive | the KPI is declared additive, but it is not: a ratio of sums is not a sum of ratios. Write additive: false; it is then recomputed at every grain.
