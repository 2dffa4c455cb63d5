/*
title: Broken
fact: orders
*/
amount * 2
-- # A KPI has one value for a group of rows.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:5 | the expression is not an aggregate, so a group of rows has no single value. Aggregate it, as in sum(amount) or count(*).
