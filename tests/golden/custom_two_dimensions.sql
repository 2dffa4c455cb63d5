/*
what: One KPI by two dimensions
template: {kind: custom, kpis: [cds], dimensions: [store, customer]}
*/
-- columns: store text, customer integer, cds number
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
        , "dimension 2"."customer_id" AS "id 2"
        , "dimension 2"."customer_id" AS "label 2"
    FROM fact
    LEFT JOIN (
        SELECT store_id, name AS store_name, city, region, country
        FROM sales.stores
    ) AS "dimension 1"
        ON "dimension 1"."store_id" = fact."store_id"
    LEFT JOIN (
        SELECT customer_id, joined_on
        FROM sales.customers
    ) AS "dimension 2"
        ON "dimension 2"."customer_id" = fact."customer_id"
)
SELECT
    "label 1" AS "store",
    "label 2" AS "customer",
    sum(cds) AS "cds"
FROM labelled
GROUP BY "id 1", "label 1", "id 2", "label 2"
ORDER BY "label 1", "id 1", "label 2", "id 2"
