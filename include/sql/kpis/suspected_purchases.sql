/*
title: Suspected purchases
description: Number of purchases that the fraud check marked.
fact: purchase_checks
type: integer
additive: true
unit: purchases
*/
count(*) FILTER (WHERE is_suspected_fraud)
