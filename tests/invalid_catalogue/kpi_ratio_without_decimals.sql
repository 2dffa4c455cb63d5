/*
title: Amount an order
fact: orders
additive: false
*/
sum(amount) / nullif(count(*), 0)
-- # The average by hand.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:1: decimals | the digits of 'SUM(amount) / NULLIF(COUNT(*), 0)' never end, and databases differ in the last ones. Write decimals, such as decimals: 2. (warning)
