/*
title: Town
connection: shop_warehouse
id: town_id
label: town_name
facts: {orders: town_id}
columns: {town_id: integer, town_name: text}
*/
SELECT town_id, town_name FROM shop.towns
-- # A path begins with a column of the fact.
-- # file: dimensions/town.sql
-- # expect: dimensions/town.sql:6: facts.orders | the fact 'orders' has no column 'town_id'. Choose one of amount, buyer_id, changed_on, is_gift, item_price, items, order_id, ordered_at, store_id.
