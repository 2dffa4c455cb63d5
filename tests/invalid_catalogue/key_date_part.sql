/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns
-- # Every fact has the parts of its date.
-- # file: dimensions/week.sql
-- # expect: dimensions/week.sql:1 | 'week' is the week of the event date, which every fact already has. Rename the file, or remove it.
