/*
title: Weather
description: Hourly observations at the three airports.
grain: one row an airport and hour
connection: nyc_warehouse
event_date: {column: time_hour, type: timestamptz}
order_by: [time_hour, origin]
columns:
  origin: text
  time_hour: timestamptz
  wind_dir: {type: integer, unit: degrees}
  temp: {type: number, unit: °F, decimals: 2}
measures:
  precip: {type: number, unit: inches, decimals: 2}
  visib: {type: number, unit: miles, decimals: 2}
*/
SELECT origin, time_hour, temp, wind_dir, precip, visib
FROM nyc.weather
