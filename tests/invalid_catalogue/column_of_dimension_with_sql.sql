/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: {type: text, sql: upper(name)}}
*/
SELECT town_id, town_name FROM shop.towns
-- # A dimension's expressions belong in its query.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:7: columns.town_name.sql | 'town_name' has its own SQL, but the query already returns it. Move the expression into the query below.
