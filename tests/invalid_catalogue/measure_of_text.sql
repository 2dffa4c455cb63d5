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
  items: text
custom_fields:
  item_price: {type: number, decimals: 2, sql: "amount / nullif(items, 0)"}
*/
SELECT order_id, buyer_id, store_id, is_gift, ordered_at, changed_on, amount, items
FROM shop.orders
-- # Measures are numbers.
-- # file: facts/orders.sql
-- # expect: facts/orders.sql:19: measures.items | the measure 'items' has the type text, but measures are numbers. Move it to columns, or correct its type.
