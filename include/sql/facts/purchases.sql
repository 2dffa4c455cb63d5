/*
title: Purchases
description: One row a purchase. Customer, date, number of CDs and amount are CDNOW's; time of day, store and refunds are made up.
connection: export_jobs_warehouse
event_date: {column: purchased_at, type: timestamptz}
updated_at: {column: updated_at, type: timestamptz}
order_by: [purchase_id]
columns:
  purchase_id: integer
  customer_id: integer
  store_id: integer
  purchased_at: timestamp
  purchase_date: date
  cds: integer
  amount_usd: number
  is_refund: boolean
  updated_at: timestamp
*/
SELECT
    purchase_id, customer_id, store_id, purchased_at, purchase_date, cds, amount_usd, is_refund, updated_at
FROM sales.purchases
