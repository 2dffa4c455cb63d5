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
  "it\u0000ems": integer
custom_fields:
  item_price: {type: number, decimals: 2, sql: "amount / nullif(items, 0)"}
*/
SELECT *
FROM shop.orders
-- # Names are read by people.
-- # file: facts/orders.sql
-- # expect: facts/orders.sql:20: measures.it\x00ems | the column 'it\x00ems' contains the control character '\x00'. Rename it in the SQL.
