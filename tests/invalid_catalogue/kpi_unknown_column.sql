/*
title: Broken
fact: orders
*/
sum(ammount)
-- # A KPI reads columns of its fact.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:5 | 'orders' has no column 'ammount'. Perhaps you mean 'amount'.
