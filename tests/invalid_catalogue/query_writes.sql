/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: text}
*/
WITH gone AS (DELETE FROM shop.towns RETURNING *)
SELECT town_id, town_name FROM gone
-- # Exports only read, also inside WITH.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:9 | the query contains DELETE, which writes; exports only read. Write one SELECT, which may start with WITH.
