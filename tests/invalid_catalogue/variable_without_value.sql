/*
title: Broken
fact: orders
*/
sum(amount) * {{ exchange_rate }}
-- # Variables stand in variables.yaml.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql | the variable 'exchange_rate' has no value. Add it to variables.yaml beside facts/.
