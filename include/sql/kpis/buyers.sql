/*
title: Buyers
description: Number of different customers who bought.
fact: purchases
additive: false
type: integer
unit: customers
*/
count(DISTINCT customer_id)
