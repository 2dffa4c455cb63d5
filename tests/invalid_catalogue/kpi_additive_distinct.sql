/*
title: Broken
fact: orders
*/
count(DISTINCT buyer_id)
-- # A buyer in two groups is one buyer.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:1: additive | the KPI is declared additive, but it is not: count(DISTINCT …) counts twice what two groups have in common. Write additive: false; it is then recomputed at every grain.
