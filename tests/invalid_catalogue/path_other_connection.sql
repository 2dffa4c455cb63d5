/*
title: Town
connection: town_hall
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns
-- # One statement reads one database.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:6: facts.orders | the connection of the fact 'orders' is 'shop_warehouse', but that of this dimension is 'town_hall'. Tables are joined in one database: add one dimension for each connection.
