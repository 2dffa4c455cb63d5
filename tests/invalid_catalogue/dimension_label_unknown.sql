/*
title: Town
connection: shop_warehouse
id: town_id
label: town
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns
-- # People read the label.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:5: label | there is no column 'town'. Choose one of town_id, town_name.
