/*
what: Some columns of a fact, a day of it by the date on which it happened
template: {kind: standard, fact: purchases, columns: [purchase_id, purchased_at, amount_usd]}
*/
-- columns: purchase_id integer, purchased_at timestamptz, amount_usd number
-- window_start = 1996-12-31T23:00:00+00:00
-- window_end = 1997-01-01T23:00:00+00:00
-- Export job retail, template golden: rows of purchases
SELECT
    fact."purchase_id" AS "purchase_id",
    fact."purchased_at" AS "purchased_at",
    fact."amount_usd" AS "amount_usd"
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
ORDER BY fact."purchase_id" ASC
