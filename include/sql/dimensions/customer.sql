/*
title: Customer
description: Who bought. The id is CDNOW's, everything else is made up.
connection: export_jobs_warehouse
id: customer_id
label: customer_id
customer: customer_id
exportable: true
facts: {purchases: customer_id, points: customer_id}
columns:
  customer_id: integer
  joined_on: date
  home_store_id: integer
*/
SELECT customer_id, joined_on, home_store_id
FROM sales.customers
