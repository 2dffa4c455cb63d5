/*
what: Filters of several kinds, an audience, columns in another order, groups by size
template: {kind: custom, kpis: [net_sales, buyers], dimensions: [store]}
use:
  columns: [net_sales, {column: store, as: "Filiale; \"Ort\""}]
  filters:
    - {column: store.region, op: not in, values: [North, "O'Hara"]}
    - {column: cds, op: between, values: [1, 5]}
    - {column: store, op: contains, values: ["100%"]}
    - {column: is_refund, op: is null}
  audience: [1, 2]
  order_by: [-net_sales]
*/
-- columns: net_sales number, Filiale; "Ort" text
-- window_start = 1996-12-31T23:00:00+00:00
-- window_end = 1997-01-01T23:00:00+00:00
-- filter_1 = ['North', "O'Hara"]
-- filter_2_1 = 1
-- filter_2_2 = 5
-- filter_3_1 = '100%'
-- audience = [1, 2]
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
      AND ("dim_store"."region" <> ALL (%(filter_1)s) OR "dim_store"."region" IS NULL)
      AND fact."cds" BETWEEN %(filter_2_1)s AND %(filter_2_2)s
      AND POSITION(%(filter_3_1)s IN "dim_store"."store_name") > 0
      AND fact."is_refund" IS NULL
      AND fact."customer_id" = ANY (%(audience)s)
)
SELECT
    round((sum(CASE WHEN is_refund THEN -amount_usd ELSE amount_usd END))::numeric, 2) AS "net_sales",
    "label 1" AS "store"
FROM "purchases rows"
GROUP BY "group 1", "label 1"
ORDER BY 1 DESC NULLS LAST, "label 1" COLLATE "C" ASC, "group 1" ASC
