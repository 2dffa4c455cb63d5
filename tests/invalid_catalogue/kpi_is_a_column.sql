/*
title: Amount
fact: orders
decimals: 2
*/
sum(amount)
-- # A filter by it would select orders, and not stores by their total.
-- # file: kpis/amount.sql
-- # expect: kpis/amount.sql:1 | 'amount' is also a column of facts/orders.sql, so a filter by it could mean either. Rename this file, such as amount_total.sql, or the column (AS).
