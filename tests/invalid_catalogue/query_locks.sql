/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns FOR UPDATE
-- # A read-only transaction cannot lock.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:9 | the query locks rows (FOR UPDATE or FOR SHARE); exports only read. Remove the lock.
