/*
title: Broken
fact: orders
decimals: 2
*/
avg(amount)
-- # Averages of groups cannot be summed.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:1: additive | the KPI is declared additive, but it is not: the average of several groups is not the sum of their averages. Write additive: false; it is then recomputed at every grain.
