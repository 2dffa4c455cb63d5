/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {orders: store.town_id}
columns: {}
*/
SELECT town_id, town_name FROM shop.towns
-- # A table without columns exports nothing.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:4: id | there is no column 'town_id'. List it under columns.
-- # expect: dimensions/town.sql:5: label | there is no column 'town_name'. List it under columns.
-- # expect: dimensions/town.sql:7: columns | no column is listed, so nothing can be exported. List each as name: type.
