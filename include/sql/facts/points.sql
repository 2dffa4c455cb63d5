/*
title: Loyalty points
description: Points that a customer earned. Made up for the demo, seeded.
grain: one row an award of points
connection: export_jobs_warehouse
event_date: {column: earned_at, type: timestamptz}
updated_at: {column: updated_at, type: timestamptz}
customer: customer_id
order_by: [points_id]
columns:
  points_id: integer
  customer_id: integer
  earned_at: timestamptz
  updated_at: timestamptz
measures:
  points: integer
*/
SELECT points_id, customer_id, earned_at, points, updated_at
FROM sales.points
