/*
title: Mean arrival delay
description: Over flights that arrived where they were bound for.
fact: flights
additive: false
unit: minutes
decimals: 2
*/
1.0 * sum(arr_delay) / nullif(count(arr_delay), 0)
