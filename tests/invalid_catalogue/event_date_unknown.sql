/*
title: Orders
description: One row an order of the shop.
grain: one row an order
connection: shop_warehouse
event_date: {column: order_date, type: timestamptz}
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
*/
SELECT order_id, buyer_id, store_id, is_gift, ordered_at, changed_on, amount, items
FROM shop.orders
-- # A window selects by a column.
-- # file: facts/orders.sql
-- # expect: facts/orders.sql:6: event_date.column | there is no column 'order_date'. Perhaps you mean 'ordered_at' or 'order_id'.
