/*
title: Events
description: One row an hour, kept in a small table.
connection: export_jobs_warehouse
event_date: {column: happened_at, type: timestamptz}
order_by: [event_id]
columns: {event_id: integer, happened_at: timestamptz, amount: number, note: text}
*/
SELECT event_id, happened_at, amount, note FROM live.events
