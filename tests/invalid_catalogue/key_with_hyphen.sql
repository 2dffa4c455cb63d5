/*
title: Broken
fact: orders
*/
sum(amount)
-- # Keys are words of references.
-- # file: kpis/net-sales.sql
-- # expect: kpis/net-sales.sql:1 | the key 'net-sales' contains '-'. Rename the file: letters a-z, digits and _, at most 50, then .sql.
