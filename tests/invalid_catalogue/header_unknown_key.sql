/*
title: Broken
fact: orders
decimal: 2
*/
sum(amount)
-- # A key without an effect would mislead its author.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:4: decimal | there is no key 'decimal'. Perhaps you mean 'decimals'.
