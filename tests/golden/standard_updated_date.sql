/*
what: All columns of a fact, what changed on a day
template: {kind: standard, fact: points}
use: {date_basis: updated}
*/
-- columns: points_id integer, customer_id integer, earned_at timestamp, points integer, updated_at timestamp
-- window_start = 1996-12-31T23:00:00+00:00
-- window_end = 1997-01-01T23:00:00+00:00
SELECT
    "points_id" AS "points_id",
    "customer_id" AS "customer_id",
    "earned_at" AS "earned_at",
    "points" AS "points",
    "updated_at" AS "updated_at"
FROM (
    SELECT points_id, customer_id, earned_at, points, updated_at
    FROM sales.points
) AS fact
WHERE fact."updated_at" >= %(window_start)s
  AND fact."updated_at" < %(window_end)s
ORDER BY fact."points_id"
