/*
title: Miles
fact: flights
type: integer
unit: miles
*/
sum(distance)
