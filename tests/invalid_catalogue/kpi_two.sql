/*
title: Broken
fact: orders
*/
sum(amount), count(*)
-- # One file, one KPI.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:5 | there are 2 expressions, separated by commas. Write one expression over the fact's columns, such as sum(amount); create one file for each.
