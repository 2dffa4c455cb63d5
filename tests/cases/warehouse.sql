-- A warehouse of a few thousand made-up rows that holds what goes wrong elsewhere: two stores of one name, purchases
-- without a store, a store with refunds only, rows on the very border of a day in Berlin and a microsecond before it.
CREATE SCHEMA sales;

CREATE TABLE sales.stores (store_id int PRIMARY KEY, name text, city text, region text, country text);
INSERT INTO sales.stores VALUES
    (1, 'Mitte', 'Berlin', 'East', 'DE'),
    (2, 'Mitte', 'Hannover', 'North', 'DE'),
    (3, 'Altona', 'Hamburg', 'North', 'DE'),
    (4, 'Returns', 'Bremen', 'North', 'DE'),
    (5, 'Closed', 'Kiel', NULL, 'DE');

CREATE TABLE sales.customers (customer_id int PRIMARY KEY, joined_on date, home_store_id int);
INSERT INTO sales.customers SELECT i, date '1996-01-01' + i, nullif(i % 7, 6) FROM generate_series(1, 60) AS i;

CREATE TABLE sales.purchases (
    purchase_id int PRIMARY KEY, customer_id int, store_id int, purchased_at timestamptz, purchase_date date, cds int,
    amount_usd numeric(10, 2), is_refund boolean, updated_at timestamptz
);
INSERT INTO sales.purchases
SELECT i, i * 7 % 60 + 1, NULL, bought, bought::date, i % 6 + 1, (i * 37 % 9000) / 100.0,
       i % 11 = 0, bought + (i % 90) * interval '1 hour'
FROM (
    SELECT i, timestamptz '1996-12-20 00:00Z' + i * interval '37 minutes' AS bought FROM generate_series(1, 4000) AS i
) AS made;
UPDATE sales.purchases SET store_id = nullif(purchase_id % 5, 0) WHERE purchase_id % 5 < 4;
UPDATE sales.purchases SET store_id = 4, is_refund = true WHERE purchase_id % 5 = 4;
INSERT INTO sales.purchases
SELECT 5000 + row_number() OVER (), 1, NULL, at, at::date, 1, 10.00, false, at
FROM unnest(ARRAY[
    '1997-01-01 22:59:59.999999Z', '1997-01-01 23:00:00Z', '1997-01-02 22:59:59.999999Z', '1997-01-02 23:00:00Z',
    '1997-03-29 23:00:00Z', '1997-03-30 21:59:59.999999Z', '1997-03-30 22:00:00Z', '1997-03-09 23:00:00Z'
]::timestamptz[]) AS at;

CREATE TABLE sales.points (
    points_id int PRIMARY KEY, customer_id int, earned_at timestamptz, points int, updated_at timestamptz
);
INSERT INTO sales.points
SELECT i, i % 45 + 1, timestamptz '1996-12-25 00:00Z' + i * interval '53 minutes', i % 20,
       timestamptz '1996-12-25 00:00Z' + i * interval '53 minutes'
FROM generate_series(1, 2000) AS i;
-- A customer that no row of customers tells of.
INSERT INTO sales.points VALUES (9001, 999, '1997-01-02 12:00Z', 5, '1997-01-02 12:00Z');
INSERT INTO sales.stores VALUES (6, '100%_\o''k', 'b', 'south', 'DE');
UPDATE sales.purchases SET store_id = 6 WHERE purchase_id % 250 = 0;
