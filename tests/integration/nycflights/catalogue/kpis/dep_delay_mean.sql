/*
title: Mean departure delay
description: Over flights that departed.
fact: flights
additive: false
unit: minutes
decimals: 2
*/
1.0 * sum(dep_delay) / nullif(count(dep_delay), 0)
