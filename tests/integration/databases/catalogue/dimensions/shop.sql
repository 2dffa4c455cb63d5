/*
title: Shop
connection: shop_{{ dialect }}
dialect: {{ dialect }}
id: shop_id
label: name
exportable: true
facts: {sales: shop_id, returns: shop_id}
columns: {shop_id: integer, name: text, town: text}
*/
SELECT shop_id, name, town FROM {{ schema }}shops
