/*
title: Town
connection: shop_warehouse
id: town_id
label: Town_Name
facts: {orders: store.town_id}
columns: {town_id: integer, Town_Name: text}
*/
SELECT town_id, town_name FROM shop.towns
-- # PostgreSQL makes town_name of an unquoted Town_Name.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:7: columns.Town_Name | the query returns no column 'Town_Name'. Write 'town_name' here, or put the name in quotes in the SQL, so that it keeps its capitals.
