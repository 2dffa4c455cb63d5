/*
what: Text cells that a spreadsheet would run get a leading quote; numbers are never touched
template: {kind: dimension, dimensions: [store], columns: [store_id, store_name]}
file: {escape_formulas: true}
*/
-- columns: store_id integer, store_name text
-- Export job retail, template golden: rows of store
SELECT
    fact."store_id" AS "store_id",
    CASE WHEN fact."store_name" IS DISTINCT FROM NULL THEN CASE WHEN format('%%s', fact."store_name") ~ '^[=+@\t\r\n-]' OR CASE current_setting('server_encoding') WHEN 'UTF8' THEN ascii(format('%%s', fact."store_name")) END IN (65309, 65291, 65293, 65312) THEN '''' || format('%%s', fact."store_name") ELSE format('%%s', fact."store_name") END END AS "store_name"
FROM (
    SELECT store_id, name AS store_name, city, region, country
    FROM sales.stores
) AS fact
ORDER BY fact."store_id" ASC
