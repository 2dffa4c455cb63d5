/*
title: Orders
description: One row an order of the shop.
grain: one row an order
connection: shop_warehouse
event_date: {column: ordered_at, type: timestamptz}
updated_at: {column: changed_on, type: date}
customer: buyer_id
order_by: [order_id]
columns:
  order_id: integer
  buyer_id: text
  store_id: integer
  is_gift: boolean
  ordered_at: timestamptz
  changed_on: date
measures:
  amount: {type: number, unit: EUR, decimals: 2}
  items: integer
custom_fields:
  item_price: {type: number, decimals: 2, sql: "amount / nullif(items, 0)"}
  gift_price: {type: number, sql: item_price + 1}
*/
SELECT order_id, buyer_id, store_id, is_gift, ordered_at, changed_on, amount, items
FROM shop.orders
-- # A custom field cannot use another one.
-- # file: facts/orders.sql
-- # expect: facts/orders.sql:22: custom_fields.gift_price.sql | 'item_price' is a custom field, which another custom field cannot use. Repeat its expression.
