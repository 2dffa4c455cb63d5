/*
title: Broken
fact: order
*/
sum(amount)
-- # A KPI is of a fact of this catalogue.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:3: fact | there is no fact 'order'. Perhaps you mean 'orders'.
