/*
title: Broken
fact: orders
*/
sum(amount)
-- # Statements add words to a key.
-- # file: kpis/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.sql
-- # expect: kpis/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.sql:1 | the key 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' has 51 characters. Rename the file: letters a-z, digits and _, at most 50, then .sql.
