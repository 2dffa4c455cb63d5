/*
title: Returns
fact: returns
type: integer
*/
count(*)
