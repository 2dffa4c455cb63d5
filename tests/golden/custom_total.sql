/*
what: KPIs without a dimension, one row
template: {kind: custom, kpis: [gross_sales, purchases]}
*/
-- columns: gross_sales number, purchases integer
-- window_start = 1996-12-31T23:00:00+00:00
-- window_end = 1997-01-01T23:00:00+00:00
-- Export job retail, template golden: KPIs of purchases
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
)
SELECT
    round((sum(amount_usd) FILTER (WHERE NOT is_refund))::numeric, 2) AS "gross_sales",
    count(*) AS "purchases"
FROM "purchases rows"
