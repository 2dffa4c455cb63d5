/*
title: Sales
connection: shop_{{ dialect }}
dialect: {{ dialect }}
event_date: {column: sold_at, type: timestamptz}
customer: customer_id
order_by: [sale_id]
columns:
  sale_id: integer
  customer_id: integer
  shop_id: integer
  sold_at: timestamptz
  sold_on: date
  is_gift: boolean
  note: text
measures:
  amount: {type: number, decimals: 2}
  weight: number
custom_fields:
  has_note: {type: boolean, sql: note IS NOT NULL}
*/
SELECT sale_id, customer_id, shop_id, sold_at, sold_on, is_gift, note, amount, weight FROM {{ schema }}sales
