/*
title: Airline
connection: nyc_warehouse
id: carrier
label: name
exportable: true
facts: {flights: carrier}
columns: {carrier: text, name: text}
*/
SELECT carrier, name
FROM nyc.airlines
