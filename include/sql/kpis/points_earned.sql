/*
title: Points earned
description: Loyalty points that customers earned.
fact: points
additive: true
unit: points
*/
sum(points)
