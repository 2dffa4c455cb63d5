/*
what: KPIs of two facts in one row
template: {kind: custom, kpis: [buyers, points_earned]}
*/
-- columns: buyers integer, points_earned integer
-- window_start = 1996-12-31T23:00:00+00:00
-- window_end = 1997-01-01T23:00:00+00:00
-- f2_window_start = 1996-12-31T23:00:00+00:00
-- f2_window_end = 1997-01-01T23:00:00+00:00
-- Export job retail, template golden: KPIs of purchases and points
WITH
-- the rows of purchases that count, each with its groups
"purchases rows" AS (
    SELECT fact.*
    FROM (
        SELECT source.*
            , CASE WHEN is_refund THEN -amount_usd ELSE amount_usd END AS "net_usd"
        FROM (
            SELECT
                purchase_id, customer_id, store_id, purchased_at, purchase_date, cds, amount_usd, is_refund, updated_at
            FROM sales.purchases
        ) AS source
    ) AS fact
    WHERE fact."purchased_at" >= %(window_start)s
      AND fact."purchased_at" < %(window_end)s
),
"purchases KPIs" AS (
    SELECT count(DISTINCT customer_id) AS "buyers"
    FROM "purchases rows"
),
-- what its KPIs are where purchases has no rows: 0 for a count, nothing for a sum
"purchases without rows" AS (
    SELECT count(DISTINCT customer_id) AS "buyers"
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
    FROM (
        SELECT points_id, customer_id, earned_at, points, updated_at
        FROM sales.points
    ) AS fact
    WHERE fact."earned_at" >= %(f2_window_start)s
      AND fact."earned_at" < %(f2_window_end)s
),
"points KPIs" AS (
    SELECT sum(points) AS "points_earned"
    FROM "points rows"
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
        , "purchases KPIs"."buyers"
        , "points without rows"."points_earned"
    FROM "purchases KPIs"
    CROSS JOIN "points without rows"
    UNION ALL
    SELECT 2 AS fact_number
        , "purchases without rows"."buyers"
        , "points KPIs"."points_earned"
    FROM "points KPIs"
    CROSS JOIN "purchases without rows"
)
SELECT
    CASE WHEN count(CASE WHEN fact_number = 1 THEN 1 END) > 0 THEN max(CASE WHEN fact_number = 1 THEN "buyers" END) ELSE max("buyers") END AS "buyers",
    CASE WHEN count(CASE WHEN fact_number = 2 THEN 1 END) > 0 THEN max(CASE WHEN fact_number = 2 THEN "points_earned" END) ELSE max("points_earned") END AS "points_earned"
FROM together
