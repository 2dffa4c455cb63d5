/*
what: KPIs of three sorts (a sum, a count of different ones, a ratio) by one dimension
template: {kind: custom, kpis: [net_sales, buyers, average_basket], dimensions: [store]}
*/
-- columns: store text, net_sales number, buyers integer, average_basket number
-- window_start = 1996-12-31T23:00:00+00:00
-- window_end = 1997-01-01T23:00:00+00:00
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
        , "dim_store"."store_id" AS "group 1"
        , "dim_store"."store_name" AS "label 1"
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
)
SELECT
    "label 1" AS "store",
    round((sum(CASE WHEN is_refund THEN -amount_usd ELSE amount_usd END))::numeric, 2) AS "net_sales",
    count(DISTINCT customer_id) AS "buyers",
    round((sum(amount_usd) / nullif(count(*), 0))::numeric, 2) AS "average_basket"
FROM "purchases rows"
GROUP BY "group 1", "label 1"
ORDER BY "label 1" COLLATE "C" ASC, "group 1" ASC
