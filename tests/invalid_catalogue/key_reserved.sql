/*
title: Broken
fact: orders
*/
sum(amount)
-- # A name that statements use themselves.
-- # file: kpis/fact_number.sql
-- # expect: kpis/fact_number.sql:1 | the key 'fact_number' is reserved: statements of several facts call a column so. Rename the file.
