/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id,
    town_name FROM
WHERE shop.towns (
-- # The line is that of the file.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:11 | this is not valid postgres SQL: Expected table name near 'WHERE'. Correct it.
