/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT towns.town_id, mayors.town_id, town_name FROM shop.towns CROSS JOIN shop.mayors
-- # A column is found by its name.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:7: columns.town_id | the query returns 2 columns 'town_id'. Give one of them another name (AS).
