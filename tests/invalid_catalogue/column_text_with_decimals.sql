/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: {type: text, decimals: 2}}
*/
SELECT town_id, town_name FROM shop.towns
-- # Only numbers are rounded.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:7: columns.town_name.decimals | 'town_name' has the type text, which has no decimals. Remove it.
