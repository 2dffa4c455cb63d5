/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: text}
*/
DELETE FROM shop.towns
-- # Exports only read.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:9 | this is DELETE, not a query. Write one SELECT, which may start with WITH.
