/*
title: Town
connection: ""
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns
-- # Every table is on a connection.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:3: connection | the connection is empty. Name the Airflow connection of the database.
