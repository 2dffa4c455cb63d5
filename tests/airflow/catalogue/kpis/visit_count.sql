/*
title: Visits
description: Number of visits.
fact: visits
type: integer
unit: visits
*/
count(*)
