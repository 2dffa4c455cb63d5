/*
what: One KPI by two dimensions
template: {kind: custom, kpis: [cds_sold], dimensions: [store, customer]}
*/
-- columns: store text, customer integer, cds_sold integer
-- window_start = 1996-12-31T23:00:00+00:00
-- window_end = 1997-01-01T23:00:00+00:00
-- nothing may come of:
--     SELECT 1 FROM (
--     SELECT store_id, name AS store_name, city, region, country
--     FROM sales.stores
--     ) AS dimension
--     WHERE "store_id" IS NOT NULL GROUP BY "store_id" HAVING count(*) > 1 LIMIT 1
-- nothing may come of:
--     SELECT 1 FROM (
--     SELECT customer_id, joined_on, home_store_id
--     FROM sales.customers
--     ) AS dimension
--     WHERE "customer_id" IS NOT NULL GROUP BY "customer_id" HAVING count(*) > 1 LIMIT 1
-- Export job retail, template golden: KPIs of purchases
WITH
-- the rows of purchases that count, each with its groups
"purchases rows" AS (
    SELECT fact.*
        , "dim_store"."store_id" AS "group 1"
        , "dim_store"."store_name" AS "label 1"
        , "dim_customer"."customer_id" AS "group 2"
        , "dim_customer"."customer_id" AS "label 2"
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
    LEFT JOIN (
        SELECT customer_id, joined_on, home_store_id
        FROM sales.customers
    ) AS "dim_customer"
        ON "dim_customer"."customer_id" = fact."customer_id"
    WHERE fact."purchased_at" >= %(window_start)s
      AND fact."purchased_at" < %(window_end)s
)
SELECT
    "label 1" AS "store",
    "label 2" AS "customer",
    sum(cds) AS "cds_sold"
FROM "purchases rows"
GROUP BY "group 1", "label 1", "group 2", "label 2"
ORDER BY "label 1" COLLATE "C" ASC, "group 1" ASC, "label 2" ASC, "group 2" ASC
