/*
title: Store
connection: shop_warehouse
id: store_id
label: store_name
exportable: true
columns: {store_id: integer, store_name: text, town_id: integer}
*/
SELECT store_id, store_name, town_id FROM shop.stores
-- # The first hop must exist too.
-- # file: dimensions/store.sql
-- # expect: dimensions/town.sql:6: facts.orders | the fact 'orders' does not reach the dimension 'store', through which it should reach this one. Add its path to dimensions/store.sql, or choose another path.
