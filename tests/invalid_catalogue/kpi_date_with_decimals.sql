/*
title: Broken
fact: orders
additive: false
type: date
decimals: 2
*/
max(changed_on)
-- # Dates are not rounded.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:6: decimals | a KPI of type date has no decimals. Remove it, or correct the type.
