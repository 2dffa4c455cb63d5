/*
title: Broken
fact: orders
decimals: 2
additive: false
*/
sum(amount) / items
-- # A group of rows has many values of a column.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:7 | 'items' is outside an aggregate, so a group has no single value for it. Put it into the aggregate, or group by it as a dimension.
