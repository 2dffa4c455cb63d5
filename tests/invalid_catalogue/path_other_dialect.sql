/*
title: Town
connection: shop_warehouse
dialect: duckdb
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns
-- # One statement is in one dialect.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:7: facts.orders | the dialect of the fact 'orders' is 'postgres', but that of this dimension is 'duckdb'. Write the same dialect in both.
