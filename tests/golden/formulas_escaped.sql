/*
what: Text cells that a spreadsheet would run get a leading quote; numbers are never touched
template: {kind: dimension, dimensions: [store], columns: [store_id, store_name]}
file: {escape_formulas: true}
*/
-- columns: store_id integer, store_name text
SELECT
    "store_id" AS "store_id",
    CASE WHEN "store_name" ~ '^[=+@\t\r-]' THEN '''' || "store_name" ELSE "store_name" END AS "store_name"
FROM (
    SELECT store_id, name AS store_name, city, region, country
    FROM sales.stores
) AS dimension
ORDER BY dimension."store_id"
