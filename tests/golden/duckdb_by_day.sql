/*
what: The same for DuckDB
template: {kind: custom, kpis: [cds_sold], dimensions: [day, store]}
dialect: duckdb
use: {filters: [{column: store, op: starts with, values: [M]}]}
*/
-- columns: day date, store text, cds_sold integer
-- time_zone = 'Europe/Berlin'
-- window_start = 1996-12-31T23:00:00+00:00
-- window_end = 1997-01-01T23:00:00+00:00
-- filter_1_1 = 'M'
-- nothing may come of:
--     SELECT 1 FROM (
--     SELECT store_id, name AS store_name, city, region, country
--     FROM sales.stores
--     ) AS dimension
--     WHERE "store_id" IS NOT NULL GROUP BY "store_id" HAVING count(*) > 1 LIMIT 1
-- Export job retail, template golden: KPIs of purchases
WITH
-- the rows of purchases that count, each with its groups
"purchases rows" AS (
    SELECT fact.*
        , CAST(fact."purchased_at" AT TIME ZONE %(time_zone)s AS DATE) AS "group 1"
        , "dim_store"."store_id" AS "group 2"
        , "dim_store"."store_name" AS "label 2"
    FROM (
        SELECT source.*
            , CASE WHEN is_refund THEN -amount_usd ELSE amount_usd END AS "net_usd"
        FROM (
            SELECT
                purchase_id, customer_id, store_id, purchased_at, purchase_date, cds, amount_usd, is_refund, updated_at
            FROM sales.purchases
        ) AS source
    ) AS fact
    LEFT JOIN (
        SELECT store_id, name AS store_name, city, region, country
        FROM sales.stores
    ) AS "dim_store"
        ON "dim_store"."store_id" = fact."store_id"
    WHERE fact."purchased_at" >= %(window_start)s
      AND fact."purchased_at" < %(window_end)s
      AND STRPOS("dim_store"."store_name", %(filter_1_1)s) = 1
)
SELECT
    "group 1" AS "day",
    "label 2" AS "store",
    sum(cds) AS "cds_sold"
FROM "purchases rows"
GROUP BY "group 1", "group 2", "label 2"
ORDER BY "group 1" ASC, "label 2" ASC, "group 2" ASC
