/*
title: Airlines
fact: flights
additive: false
type: integer
*/
count(DISTINCT carrier)
