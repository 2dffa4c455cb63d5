/*
title: Tail numbers
fact: flights
additive: false
type: integer
*/
count(DISTINCT tailnum)
