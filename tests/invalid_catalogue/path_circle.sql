/*
title: Store
connection: shop_warehouse
id: store_id
label: store_name
exportable: true
facts: {orders: town.town_id}
columns: {store_id: integer, store_name: text, town_id: integer}
*/
SELECT store_id, store_name, town_id FROM shop.stores
-- # Every path begins at the fact.
-- # file: dimensions/store.sql
-- # expect: dimensions/store.sql:7: facts.orders | the path is a circle: store -> town -> store. Give one of them a path that is a column of 'orders'.
-- # expect: dimensions/town.sql:6: facts.orders | the path is a circle: town -> store -> town. Give one of them a path that is a column of 'orders'.
