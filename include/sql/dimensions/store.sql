/*
title: Store
description: Where a purchase was made. Purchases without a store were made online.
connection: export_jobs_warehouse
id: store_id
label: store_name
exportable: true
facts: {purchases: store_id}
columns:
  store_id: integer
  store_name: text
  city: text
  region: text
  country: text
*/
SELECT store_id, name AS store_name, city, region, country
FROM sales.stores
