/*
title: Purchases
description: Number of purchases.
fact: purchases
additive: true
unit: purchases
*/
count(*)
