/*
title: Home store
description: The store that a customer belongs to, wherever a purchase was made. Customers who buy online have none.
connection: export_jobs_warehouse
id: store_id
label: store_name
facts:
  purchases: customer.home_store_id
  points: customer.home_store_id
columns:
  store_id: integer
  store_name: text
  city: text
  region: text
  country: text
*/
SELECT store_id, name AS store_name, city, region, country
FROM sales.stores
