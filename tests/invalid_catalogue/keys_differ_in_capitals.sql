/*
title: Broken
fact: orders
*/
sum(amount)
-- # Many file systems keep only one of the two.
-- # file: kpis/Revenue.sql
-- # expect: kpis/revenue.sql:1 | the keys 'revenue' and 'Revenue' differ in capitals only. Rename one of the two files; many file systems can have only one of them.
