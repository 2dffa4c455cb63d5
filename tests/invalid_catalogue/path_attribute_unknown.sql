/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {orders: store.town}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns
-- # A path of two hops ends in a column of that dimension.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:6: facts.orders | the dimension 'store' has no column 'town'. Choose one of store_id, store_name, town_id.
