/*
title: "Net\u202Eselas"
fact: orders
*/
sum(amount)
-- # What is invisible is not in a title.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:2: title | the text contains the control character '\u202e'. Remove it; it is invisible.
