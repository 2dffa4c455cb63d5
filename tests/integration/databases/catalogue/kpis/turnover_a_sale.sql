/*
title: Turnover a sale
fact: sales
additive: false
decimals: 4
*/
sum(amount) / nullif(count(amount), 0)
