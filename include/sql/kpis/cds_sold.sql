/*
title: CDs
description: Number of CDs bought.
fact: purchases
type: integer
additive: true
unit: CDs
*/
sum(cds)
