/*
what: The same for SQLite, where times of UTC are text
template: {kind: custom, kpis: [cds_sold], dimensions: [week]}
dialect: sqlite
time_zone: UTC
use: {filters: [{column: store, op: in, values: [Mitte, Altona]}]}
*/
-- columns: week date, cds_sold integer
-- window_start = '1996-12-31 23:00:00'
-- window_end = '1997-01-01 23:00:00'
-- filter_1_1 = 'Mitte'
-- filter_1_2 = 'Altona'
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
        , date(fact."purchased_at", 'weekday 0', '-6 days') AS "group 1"
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
      AND "dim_store"."store_name" IN (%(filter_1_1)s, %(filter_1_2)s)
)
SELECT
    "group 1" AS "week",
    sum(cds) AS "cds_sold"
FROM "purchases rows"
GROUP BY "group 1"
ORDER BY "group 1" ASC NULLS LAST
