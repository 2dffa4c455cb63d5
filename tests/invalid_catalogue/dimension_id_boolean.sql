/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: boolean, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns
-- # An id distinguishes every row.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:4: id | the id 'town_id' is true or false, so it cannot distinguish more than two rows. Name a column that is unique for each row.
-- # expect: dimensions/town.sql:6: facts.orders | 'store.town_id' has the type integer, but the id 'town_id' has boolean. Cast one of them in its SQL so that both have one type, and correct its type in the header.
