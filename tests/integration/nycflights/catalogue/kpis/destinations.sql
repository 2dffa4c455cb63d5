/*
title: Destinations
fact: flights
additive: false
type: integer
*/
count(DISTINCT dest)
