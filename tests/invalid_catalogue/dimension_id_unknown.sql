/*
title: Town
connection: shop_warehouse
id: id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns
-- # Facts are joined by the id.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:4: id | there is no column 'id'. Choose one of town_id, town_name.
