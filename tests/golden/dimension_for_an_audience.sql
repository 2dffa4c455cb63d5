/*
what: A dimension table, limited to an audience
template: {kind: dimension, dimensions: [customer]}
use: {audience: [17, 4]}
*/
-- columns: customer_id integer, joined_on date, home_store_id integer
-- audience = [17, 4]
-- Export job retail, template golden: rows of customer
SELECT
    fact."customer_id" AS "customer_id",
    fact."joined_on" AS "joined_on",
    fact."home_store_id" AS "home_store_id"
FROM (
    SELECT customer_id, joined_on, home_store_id
    FROM sales.customers
) AS fact
WHERE fact."customer_id" = ANY (%(audience)s)
ORDER BY fact."customer_id" ASC
