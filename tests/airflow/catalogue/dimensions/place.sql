/*
title: Place
description: Where a visit was made; some were made nowhere.
connection: export_jobs_warehouse
id: place_id
label: place_name
exportable: true
facts: {visits: place_id}
columns: {place_id: integer, place_name: text, region: text}
*/
SELECT place_id, place_name, region FROM live.places
