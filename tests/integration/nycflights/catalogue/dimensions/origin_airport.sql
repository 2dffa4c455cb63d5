/*
title: Origin airport
description: The airport of departure.
connection: nyc_warehouse
id: faa
label: name
facts: {flights: origin, weather: origin}
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
