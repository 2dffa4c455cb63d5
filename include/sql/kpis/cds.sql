/*
title: CDs
description: Number of CDs bought.
fact: purchases
additive: true
unit: CDs
*/
sum(cds)
