/*
title: Turnover
fact: sales
decimals: 2
*/
sum(amount)
