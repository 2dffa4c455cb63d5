/*
title: Broken
fact: orders
*/
CASE WHEN sum(amount) > 0 THEN sum(amount) END
-- # What is decided for a group does not add up.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:1: additive | the KPI is declared additive, but it is not: 'CASE WHEN SUM(amount) > 0 THEN SUM(amount) END' of several groups is not the sum of its values. Write additive: false; it is then recomputed at every grain.
