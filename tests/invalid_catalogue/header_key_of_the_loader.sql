/*
title: Broken
fact: orders
key: broken
*/
sum(amount)
-- # The file's name is the key.
-- # file: kpis/broken.sql
-- # expect: kpis/broken.sql:4 | there is no key 'key' in a header. Remove it; the file's name is the key and the SQL follows below.
