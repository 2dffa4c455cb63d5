/*
title: Revenue
fact: orders
unit: EUR
decimals: 2
*/
sum(amount)
