/*
title: Cancelled flights
fact: flights
description: Without a departure time.
type: integer
*/
count(*) FILTER (WHERE dep_time IS NULL)
