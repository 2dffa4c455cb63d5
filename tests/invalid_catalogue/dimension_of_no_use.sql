/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns
-- # No fact reaches it and it may not be exported.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:1: facts | no fact reaches the dimension 'town', and it may not be exported whole. Name its facts, or write exportable: true. (warning)
