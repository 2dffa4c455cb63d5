/*
title: Destination airport
description: The airport of arrival.
connection: nyc_warehouse
id: faa
label: name
exportable: true
facts: {flights: dest}
columns:
  faa: text
  name: text
  lat: number
  lon: number
  alt: {type: integer, unit: feet}
  tzone: text
*/
SELECT faa, name, lat, lon, alt, tzone
FROM nyc.airports
