/*
title: Points earned
description: Loyalty points that customers earned.
fact: points
type: integer
additive: true
unit: points
*/
sum(points)
