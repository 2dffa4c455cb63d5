/*
title: Destination
description: The code of every destination, also of the four that the table of airports lacks.
connection: nyc_warehouse
id: code
label: code
facts: {flights: dest}
columns: {code: text}
*/
SELECT DISTINCT dest AS code
FROM nyc.flights
