/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, name AS town_nam FROM shop.towns
-- # Every column of the header comes from the query.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:7: columns.town_name | the query returns no column 'town_name'. Perhaps you mean 'town_nam'.
