/*
what: A dimension table, whole
template: {kind: dimension, dimensions: [store]}
*/
-- columns: store_id integer, store_name text, city text, region text, country text
-- Export job retail, template golden: rows of store
SELECT
    fact."store_id" AS "store_id",
    fact."store_name" AS "store_name",
    fact."city" AS "city",
    fact."region" AS "region",
    fact."country" AS "country"
FROM (
    SELECT store_id, name AS store_name, city, region, country
    FROM sales.stores
) AS fact
ORDER BY fact."store_id" ASC
