/*
what: KPIs of two facts by a dimension two hops away
template: {kind: custom, kpis: [net_sales, purchases, points_earned], dimensions: [home_store]}
*/
-- columns: home_store text, net_sales number, purchases integer, points_earned integer
-- window_start = 1996-12-31T23:00:00+00:00
-- window_end = 1997-01-01T23:00:00+00:00
-- f2_window_start = 1996-12-31T23:00:00+00:00
-- f2_window_end = 1997-01-01T23:00:00+00:00
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
-- Export job retail, template golden: KPIs of purchases and points
WITH
-- the rows of purchases that count, each with its groups
"purchases rows" AS (
    SELECT fact.*
        , "dim_home_store"."store_id" AS "group 1"
        , "dim_home_store"."store_name" AS "label 1"
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
),
"purchases KPIs" AS (
    SELECT "group 1",
        "label 1",
        sum(CASE WHEN is_refund THEN -amount_usd ELSE amount_usd END) AS "net_sales",
        count(*) AS "purchases"
    FROM "purchases rows"
    GROUP BY "group 1", "label 1"
),
-- what its KPIs are where purchases has no rows: 0 for a count, nothing for a sum
"purchases without rows" AS (
    SELECT sum(CASE WHEN is_refund THEN -amount_usd ELSE amount_usd END) AS "net_sales",
        count(*) AS "purchases"
    FROM (
        SELECT source.*
            , CASE WHEN is_refund THEN -amount_usd ELSE amount_usd END AS "net_usd"
        FROM (
            SELECT
                purchase_id, customer_id, store_id, purchased_at, purchase_date, cds, amount_usd, is_refund, updated_at
            FROM sales.purchases
        ) AS source
    ) AS fact
    WHERE 1 = 0
),
-- the rows of points that count, each with its groups
"points rows" AS (
    SELECT fact.*
        , "dim_home_store"."store_id" AS "group 1"
        , "dim_home_store"."store_name" AS "label 1"
    FROM (
        SELECT points_id, customer_id, earned_at, points, updated_at
        FROM sales.points
    ) AS fact
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
    WHERE fact."earned_at" >= %(f2_window_start)s
      AND fact."earned_at" < %(f2_window_end)s
),
"points KPIs" AS (
    SELECT "group 1",
        "label 1",
        sum(points) AS "points_earned"
    FROM "points rows"
    GROUP BY "group 1", "label 1"
),
-- what its KPIs are where points has no rows: 0 for a count, nothing for a sum
"points without rows" AS (
    SELECT sum(points) AS "points_earned"
    FROM (
        SELECT points_id, customer_id, earned_at, points, updated_at
        FROM sales.points
    ) AS fact
    WHERE 1 = 0
),
-- one row a fact and group, so that no row of one fact is ever counted for another
together AS (
    SELECT 1 AS fact_number
        , "purchases KPIs"."group 1"
        , "purchases KPIs"."label 1"
        , "purchases KPIs"."net_sales"
        , "purchases KPIs"."purchases"
        , "points without rows"."points_earned"
    FROM "purchases KPIs"
    CROSS JOIN "points without rows"
    UNION ALL
    SELECT 2 AS fact_number
        , "points KPIs"."group 1"
        , "points KPIs"."label 1"
        , "purchases without rows"."net_sales"
        , "purchases without rows"."purchases"
        , "points KPIs"."points_earned"
    FROM "points KPIs"
    CROSS JOIN "purchases without rows"
)
SELECT
    "label 1" AS "home_store",
    round((CASE WHEN count(CASE WHEN fact_number = 1 THEN 1 END) > 0 THEN max(CASE WHEN fact_number = 1 THEN "net_sales" END) ELSE max("net_sales") END)::numeric, 2) AS "net_sales",
    CASE WHEN count(CASE WHEN fact_number = 1 THEN 1 END) > 0 THEN max(CASE WHEN fact_number = 1 THEN "purchases" END) ELSE max("purchases") END AS "purchases",
    CASE WHEN count(CASE WHEN fact_number = 2 THEN 1 END) > 0 THEN max(CASE WHEN fact_number = 2 THEN "points_earned" END) ELSE max("points_earned") END AS "points_earned"
FROM together
GROUP BY "group 1", "label 1"
ORDER BY "label 1" COLLATE "C" ASC, "group 1" ASC
