/*
title: Number of notes
fact: notes
type: integer
*/
count(*)
