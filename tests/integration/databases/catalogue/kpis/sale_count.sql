/*
title: Sales
fact: sales
type: integer
*/
count(*)
