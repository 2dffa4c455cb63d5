/*
what: All columns of a fact, what changed on a day
template: {kind: standard, fact: points}
use: {date_basis: updated}
*/
-- columns: points_id integer, customer_id integer, earned_at timestamptz, updated_at timestamptz, points integer
-- window_start = 1996-12-31T23:00:00+00:00
-- window_end = 1997-01-01T23:00:00+00:00
-- Export job retail, template golden: rows of points
SELECT
    fact."points_id" AS "points_id",
    fact."customer_id" AS "customer_id",
    fact."earned_at" AS "earned_at",
    fact."updated_at" AS "updated_at",
    fact."points" AS "points"
FROM (
    SELECT points_id, customer_id, earned_at, points, updated_at
    FROM sales.points
) AS fact
WHERE fact."updated_at" >= %(window_start)s
  AND fact."updated_at" < %(window_end)s
ORDER BY fact."points_id" ASC
