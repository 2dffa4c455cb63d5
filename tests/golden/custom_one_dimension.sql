/*
what: KPIs of three sorts (a sum, a count of different ones, a ratio) by one dimension
template: {kind: custom, kpis: [net_sales, buyers, average_basket], dimensions: [store]}
*/
-- columns: store text, net_sales number, buyers number, average_basket number
-- window_start = 1996-12-31T23:00:00+00:00
-- window_end = 1997-01-01T23:00:00+00:00
WITH fact AS (
    SELECT source.*
    FROM (
        SELECT
            purchase_id, customer_id, store_id, purchased_at, purchase_date, cds, amount_usd, is_refund, updated_at
        FROM sales.purchases
    ) AS source
    WHERE source."purchased_at" >= %(window_start)s
      AND source."purchased_at" < %(window_end)s
),
labelled AS (
    SELECT fact.*
        , "dimension 1"."store_id" AS "id 1"
        , "dimension 1"."store_name" AS "label 1"
    FROM fact
    LEFT JOIN (
        SELECT store_id, name AS store_name, city, region, country
        FROM sales.stores
    ) AS "dimension 1"
        ON "dimension 1"."store_id" = fact."store_id"
)
SELECT
    "label 1" AS "store",
    round((sum(CASE WHEN is_refund THEN -amount_usd ELSE amount_usd END))::numeric, 2) AS "net_sales",
    count(DISTINCT customer_id) AS "buyers",
    round((sum(amount_usd) / nullif(count(*), 0))::numeric, 2) AS "average_basket"
FROM labelled
GROUP BY "id 1", "label 1"
ORDER BY "label 1", "id 1"
