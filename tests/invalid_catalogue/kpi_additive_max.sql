/*
title: Broken
fact: orders
type: timestamptz
*/
max(ordered_at)
-- # Maxima of groups cannot be summed.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:1: additive | the KPI is declared additive, but it is not: max() of several groups is not the sum of the groups' values. Write additive: false; it is then recomputed at every grain.
