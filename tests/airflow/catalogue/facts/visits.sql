/*
title: Visits
description: The events again, as visits to places.
grain: one row a visit
connection: export_jobs_warehouse
event_date: {column: happened_at, type: timestamptz}
order_by: [visit_id]
columns:
  visit_id: integer
  happened_at: timestamptz
  place_id: integer
measures:
  amount: {type: number, unit: EUR}
*/
SELECT event_id AS visit_id, happened_at, nullif(event_id % 4, 3) AS place_id, amount FROM live.events
