/*
title: Broken
fact: orders
*/
SELECT sum(amount) FROM shop.orders
-- # A KPI is an expression.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:5 | this is a query. Write one expression over the fact's columns, such as sum(amount); the query belongs in the fact's file.
