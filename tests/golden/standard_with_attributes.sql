/*
what: Rows with a custom field and attributes of dimensions one and two hops away
template: {kind: standard, fact: purchases, columns: [purchase_id, net_usd, is_refund, store.region, home_store]}
use: {order_by: [-net_usd]}
*/
-- columns: purchase_id integer, net_usd number, is_refund boolean, store.region text, home_store text
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
-- nothing may come of:
--     SELECT 1 FROM (
--     SELECT store_id, name AS store_name, city, region, country
--     FROM sales.stores
--     ) AS dimension
--     WHERE "store_id" IS NOT NULL GROUP BY "store_id" HAVING count(*) > 1 LIMIT 1
-- Export job retail, template golden: rows of purchases
SELECT
    fact."purchase_id" AS "purchase_id",
    fact."net_usd" AS "net_usd",
    (fact."is_refund")::text AS "is_refund",
    "dim_store"."region" AS "store.region",
    "dim_home_store"."store_name" AS "home_store"
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
LEFT JOIN (
    SELECT store_id, name AS store_name, city, region, country
    FROM sales.stores
) AS "dim_home_store"
    ON "dim_home_store"."store_id" = "dim_customer"."home_store_id"
WHERE fact."purchased_at" >= %(window_start)s
  AND fact."purchased_at" < %(window_end)s
ORDER BY fact."net_usd" DESC NULLS LAST, fact."purchase_id" ASC
