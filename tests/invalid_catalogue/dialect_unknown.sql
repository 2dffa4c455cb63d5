/*
title: Town
connection: shop_warehouse
dialect: postgresql
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns
-- # Dialects are sqlglot's.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:4: dialect | there is no dialect 'postgresql'. Perhaps you mean 'postgres'.
