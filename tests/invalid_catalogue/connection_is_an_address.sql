/*
title: Town
connection: postgresql://u:p@host/shop
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns
-- # Secrets live in Airflow's connections.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:3: connection | this is an address, which may contain a password. Create an Airflow connection for it, and write the id of that connection.
