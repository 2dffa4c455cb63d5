/*
title: Broken
*/
sum(amount)
-- # Every KPI is of a fact.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:1: fact | the key 'fact' is missing. Add it.
