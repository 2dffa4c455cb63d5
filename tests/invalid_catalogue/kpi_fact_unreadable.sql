/*
titel: Orders
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
*/
SELECT order_id, buyer_id, store_id, is_gift, ordered_at, changed_on, amount, items
FROM shop.orders
-- # The content of a broken file is not reported as missing.
-- # file: facts/orders.sql
-- # expect: dimensions/store.sql:7: facts.orders | the fact 'orders' cannot be read. Correct facts/orders.sql first.
-- # expect: dimensions/town.sql:6: facts.orders | the fact 'orders' cannot be read. Correct facts/orders.sql first.
-- # expect: facts/orders.sql:1: title | the key 'title' is missing. Add it.
-- # expect: facts/orders.sql:2: titel | there is no key 'titel'. Perhaps you mean 'title'.
-- # expect: kpis/revenue.sql:3: fact | the fact 'orders' cannot be read. Correct facts/orders.sql first.
