/*
title: Broken
fact: orders
*/
sum(orders.amount)
-- # The fact has no name inside a KPI.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:5 | 'orders.amount' names a table, but the columns of only one table are available. Write only 'amount'.
