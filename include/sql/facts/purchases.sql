/*
title: Purchases
description: Customer, date, number of CDs and amount are CDNOW's; time of day, store and refunds are made up.
grain: one row a purchase
connection: export_jobs_warehouse
event_date: {column: purchased_at, type: timestamptz}
updated_at: {column: updated_at, type: timestamptz}
customer: customer_id
order_by: [purchase_id]
columns:
  purchase_id: integer
  customer_id: integer
  store_id: integer
  purchased_at: timestamptz
  purchase_date: date
  is_refund: boolean
  updated_at: timestamptz
measures:
  cds: {type: integer, unit: CDs}
  amount_usd: {type: number, unit: USD}
custom_fields:
  net_usd:
    type: number
    unit: USD
    description: The amount, less what was given back.
    sql: CASE WHEN is_refund THEN -amount_usd ELSE amount_usd END
*/
SELECT
    purchase_id, customer_id, store_id, purchased_at, purchase_date, cds, amount_usd, is_refund, updated_at
FROM sales.purchases
