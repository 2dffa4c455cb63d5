/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {order: store.town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns
-- # A path starts at a fact.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:6: facts.order | there is no fact 'order'. Perhaps you mean 'orders'.
