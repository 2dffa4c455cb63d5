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
-- # expect: dimensions/store.sql:7: facts.orders | 'store_id' is of type integer and the id 'store_id' of type text. Join columns of one type: cast one of them in its SQL, and correct its type.
