/*
title: Price of an item
fact: orders
additive: false
decimals: 2
*/
avg(amount)
-- # Names must differ by more than capitals, for spreadsheets and for people.
-- # file: kpis/Item_Price.sql
-- # expect: kpis/Item_Price.sql:1 | 'Item_Price' is also a column of facts/orders.sql, so a filter by it could mean either. Rename this file, such as Item_Price_total.sql, or the column (AS).
