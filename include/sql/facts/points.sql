/*
title: Loyalty points
description: One row for points that a customer earned. Made up for the demo, seeded.
connection: export_jobs_warehouse
event_date: {column: earned_at, type: timestamptz}
updated_at: {column: updated_at, type: timestamptz}
order_by: [points_id]
columns:
  points_id: integer
  customer_id: integer
  earned_at: timestamp
  points: integer
  updated_at: timestamp
*/
SELECT points_id, customer_id, earned_at, points, updated_at
FROM sales.points
