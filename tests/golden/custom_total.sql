/*
what: KPIs without a dimension, one row
template: {kind: custom, kpis: [gross_sales, purchases]}
*/
-- columns: gross_sales number, purchases number
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
    FROM fact
)
SELECT
    round((sum(amount_usd) FILTER (WHERE NOT is_refund))::numeric, 2) AS "gross_sales",
    count(*) AS "purchases"
FROM labelled
