/*
title: Purchase checks
description: What the data team's checks say of a purchase. Made up for the demo, seeded. A file may hold it; nobody may choose rows by it.
grain: one row a purchase that was checked
connection: export_jobs_warehouse
event_date: {column: checked_at, type: timestamptz}
customer: customer_id
order_by: [purchase_id]
columns:
  purchase_id: integer
  customer_id: integer
  checked_at: timestamptz
  is_outlier: {type: boolean, filterable: false, title: Outlier}
  is_suspected_fraud: {type: boolean, filterable: false, title: Suspected fraud}
  merge_status: {type: text, filterable: false, title: Merge status}
  is_admin_till: {type: boolean, filterable: false, title: Admin till}
*/
SELECT purchase_id, customer_id, checked_at, is_outlier, is_suspected_fraud, merge_status, is_admin_till
FROM sales.purchase_checks
