/*
title: Broken
fact: orders
*/
sum(orders.amount)
-- # The fact has no name inside a KPI.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:5 | 'orders.amount' says which table the column is of, and there is one only. Write 'amount' alone.
