/*
title: Broken
fact: orders
unit: "EUR\nUSD"
*/
sum(amount)
-- # A unit stands beside a number.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:4: unit | the text contains the control character '\n'. Remove it; it is invisible.
