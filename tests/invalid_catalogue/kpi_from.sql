/*
title: Broken
fact: orders
*/
sum(amount) FROM shop.orders
-- # A KPI is an expression over its fact.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:5 | this is more than one expression. Write one expression over the fact's columns, such as sum(amount); FROM and WHERE belong in the fact's file.
