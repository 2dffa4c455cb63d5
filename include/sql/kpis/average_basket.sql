/*
title: Average basket
description: Amount a purchase.
fact: purchases
additive: false
unit: USD
decimals: 2
*/
sum(amount_usd) / nullif(count(*), 0)
