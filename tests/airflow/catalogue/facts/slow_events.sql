/*
title: Events, read slowly
description: The same rows after a pause, so that a drill can strike while they are read.
connection: export_jobs_warehouse
event_date: {column: happened_at, type: timestamptz}
order_by: [event_id]
columns: {event_id: integer, happened_at: timestamptz, amount: number}
*/
WITH pause AS MATERIALIZED (SELECT pg_sleep(6))
SELECT event_id, happened_at, amount FROM live.events CROSS JOIN pause
