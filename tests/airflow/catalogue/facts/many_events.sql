/*
title: Events, many
description: Enough rows that compressing and uploading take seconds.
connection: export_jobs_warehouse
event_date: {column: happened_at, type: timestamptz}
columns: {event_id: integer, happened_at: timestamptz, digest: text}
*/
SELECT event_id, happened_at, md5(event_id::text || copy) || md5(copy::text || event_id) AS digest
FROM live.events CROSS JOIN generate_series(1, 60000) AS copy
