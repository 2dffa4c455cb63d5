/*
title: Weather observations
fact: weather
type: integer
*/
count(*)
