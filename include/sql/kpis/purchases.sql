/*
title: Purchases
description: Number of purchases.
fact: purchases
type: integer
additive: true
unit: purchases
*/
count(*)
