/*
title: Events, by way of a view
description: The view loses a column when a drill takes it away.
connection: export_jobs_warehouse
event_date: {column: happened_at, type: timestamptz}
order_by: [event_id]
columns: {event_id: integer, happened_at: timestamptz, amount: number}
*/
SELECT event_id, happened_at, amount FROM live.breakable
