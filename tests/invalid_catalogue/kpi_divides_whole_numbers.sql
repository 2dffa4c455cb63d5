/*
title: Broken
fact: orders
additive: false
decimals: 2
*/
sum(CASE WHEN order_id > 5 THEN order_id ELSE 0 END) / nullif(count(*), 0)
-- # A ratio of counts would be 0 or 1, without an error.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:7 | 'SUM(CASE WHEN order_id > 5 THEN order_id ELSE 0 END) / N… divides whole numbers, so the database drops the fraction. Multiply the first by 1.0, as in 1.0 * sum(a) / count(*), or write type: integer.
