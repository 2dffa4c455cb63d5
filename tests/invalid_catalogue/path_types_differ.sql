/*
title: Store
connection: shop_warehouse
id: store_id
label: store_name
exportable: true
facts: {orders: store_id}
columns: {store_id: text, store_name: text, town_id: integer}
*/
SELECT store_id, store_name, town_id FROM shop.stores
-- # Text and numbers are never equal.
-- # file: dimensions/store.sql
-- # expect: dimensions/store.sql:7: facts.orders | 'store_id' has the type integer, but the id 'store_id' has text. Cast one of them in its SQL so that both have one type, and correct its type in the header.
