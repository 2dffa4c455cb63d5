/*
title: Broken
fact: orders
additive: false
*/
count(DISTINCT store_id)
-- # A KPI and a dimension can be in one file.
-- # file: kpis/store.sql
-- # expect: kpis/store.sql:1 | 'store' is also the dimension of dimensions/store.sql. Rename one of the two files; otherwise an export has two columns of this name.
