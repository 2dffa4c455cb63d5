/*
title: Broken
fact: orders
*/
sum(amount)
-- # A name that statements use themselves.
-- # file: kpis/fact_number.sql
-- # expect: kpis/fact_number.sql:1 | the key 'fact_number' is reserved: statements over several facts have a column of this name. Rename the file.
