/*
title: Mean temperature
fact: weather
additive: false
unit: °F
decimals: 1
*/
avg(temp)
