/*
title: Flights
description: Every flight that was scheduled to leave New York City in 2013, cancelled ones included.
grain: one row a scheduled flight
connection: nyc_warehouse
event_date: {column: time_hour, type: timestamptz}
order_by: [time_hour, carrier, flight]
columns:
  time_hour: {type: timestamptz, description: The scheduled hour of departure.}
  sched_dep_time: {type: integer, description: "A clock in New York, 1745 for 17:45."}
  dep_time: {type: integer, description: Empty when the flight was cancelled.}
  arr_time: integer
  carrier: text
  flight: integer
  tailnum: text
  origin: text
  dest: text
measures:
  dep_delay: {type: integer, unit: minutes, description: Early ones are negative.}
  arr_delay: {type: integer, unit: minutes}
  air_time: {type: integer, unit: minutes}
  distance: {type: integer, unit: miles}
custom_fields:
  is_cancelled: {type: boolean, sql: dep_time IS NULL}
  gain: {type: integer, unit: minutes, sql: dep_delay - arr_delay}
  speed: {type: number, unit: mph, decimals: 1, sql: "60.0 * distance / nullif(air_time, 0)"}
*/
SELECT
    time_hour, sched_dep_time, dep_time, arr_time, carrier, flight, tailnum, origin, dest,
    dep_delay, arr_delay, air_time, distance
FROM nyc.flights
