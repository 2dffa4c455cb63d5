/*
title: Broken
fact: orders
*/
sum(amount) {% if %}
-- # Jinja of a file is checked like the rest of it.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:5 | the Jinja of this file is invalid: Expected an expression, got 'end of statement block'. Correct it.
