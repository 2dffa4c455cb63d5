/*
title: " "
fact: orders
*/
sum(amount)
-- # Titles stand on pages.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:2: title | the title is empty. Say in a few words what this is.
