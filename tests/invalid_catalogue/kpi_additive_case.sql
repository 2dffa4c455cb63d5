/*
title: Broken
fact: orders
*/
CASE WHEN sum(amount) > 0 THEN sum(amount) END
-- # A condition on a group cannot be summed.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:1: additive | the KPI is declared additive, but it is not: 'CASE WHEN SUM(amount) > 0 THEN SUM(amount) END' of several groups is not the sum of the groups' values. Write additive: false; it is then recomputed at every grain.
