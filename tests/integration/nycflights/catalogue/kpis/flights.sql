/*
title: Flights
fact: flights
type: integer
*/
count(*)
