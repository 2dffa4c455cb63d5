/*
title: Store
connection: shop_warehouse
id: store_id
label: store_name
exportable: true
facts: {orders: store_id}
columns: {store_id: integer, store_name: text, town_id: integer}
*/
SELECT store_id, store_name, town_id FROM shop.stores
