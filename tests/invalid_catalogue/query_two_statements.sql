/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns; DROP TABLE shop.towns
-- # One query, and nothing else.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:9 | there are 2 statements, separated by a semicolon. Write one SELECT, which may start with WITH.
