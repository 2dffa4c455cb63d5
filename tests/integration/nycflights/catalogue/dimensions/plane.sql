/*
title: Plane
description: From the FAA's register, which lacks many of the tail numbers that American and Envoy report.
connection: nyc_warehouse
id: tailnum
label: model
exportable: true
facts: {flights: tailnum}
columns:
  tailnum: text
  model: text
  manufacturer: text
  year: {type: integer, title: Year of manufacture}
  seats: integer
  engines: integer
  engine: text
*/
SELECT tailnum, model, manufacturer, year, seats, engines, engine
FROM nyc.planes
