/*
title: Net sales
description: Amount of purchases less refunds.
fact: purchases
additive: true
unit: USD
decimals: 2
*/
sum(CASE WHEN is_refund THEN -amount_usd ELSE amount_usd END)
