/*
title: "Net\u202Eselas"
fact: orders
*/
sum(amount)
-- # What is invisible is not in a title.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:2: title | the text holds the control character '\u202e'. Remove it; no reader can see it.
