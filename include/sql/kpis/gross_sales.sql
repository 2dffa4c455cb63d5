/*
title: Gross sales
description: Amount of all purchases that are not refunds.
fact: purchases
additive: true
unit: USD
decimals: 2
*/
sum(amount_usd) FILTER (WHERE NOT is_refund)
