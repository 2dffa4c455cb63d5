/*
what: A dimension table, whole
template: {kind: dimension, dimensions: [store]}
*/
-- columns: store_id integer, store_name text, city text, region text, country text
SELECT
    "store_id" AS "store_id",
    "store_name" AS "store_name",
    "city" AS "city",
    "region" AS "region",
    "country" AS "country"
FROM (
    SELECT store_id, name AS store_name, city, region, country
    FROM sales.stores
) AS dimension
ORDER BY dimension."store_id"
