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
  Items: integer
custom_fields:
  item_price: {type: number, decimals: 2, sql: "amount / nullif(items, 0)"}
*/
SELECT order_id, buyer_id, store_id, is_gift, ordered_at, changed_on, amount, items, items AS "Items"
FROM shop.orders
-- # Two headings must differ by more than capitals.
-- # file: facts/orders.sql
-- # expect: facts/orders.sql:20: measures.Items | 'Items' and 'items' differ in capitals only. Rename one of the two in the SQL.
