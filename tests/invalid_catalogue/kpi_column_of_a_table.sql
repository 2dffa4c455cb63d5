/*
title: Broken
fact: orders
*/
sum(orders.amount)
-- # The fact has no name inside a KPI.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:5 | 'orders.amount' names the table of the column, but there is only one. Write 'amount' alone.
