/*
title: Buyers
fact: sales
additive: false
type: integer
*/
count(DISTINCT customer_id)
