/*
title: Turnover a visit
fact: visits
additive: false
unit: EUR
decimals: 2
*/
sum(amount) / nullif(count(*), 0)
