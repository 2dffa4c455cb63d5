/*
title: Broken
fact: orders
*/
sum(amount) AS revenue
-- # The file's name is the key.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:5 | the expression has a name (AS). Remove it; the key is the name.
