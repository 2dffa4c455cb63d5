/*
title: Turnover
description: Sum of the amounts.
fact: visits
unit: EUR
decimals: 2
*/
sum(amount)
