/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {orders: shop.town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns
-- # A path of two hops names a dimension.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:6: facts.orders | there is no dimension 'shop'. Choose one of store, town.
