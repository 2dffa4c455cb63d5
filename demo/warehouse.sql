-- The demo's warehouse. docs/reference/demo-warehouse.md describes it; the comments below say what is real and what is made up.
CREATE SCHEMA sales;

CREATE TABLE sales.stores (
    store_id integer PRIMARY KEY,
    name text NOT NULL,
    city text NOT NULL,
    region text NOT NULL,
    country text NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE sales.stores IS 'Made up: CDNOW sold online only.';

CREATE TABLE sales.customers (
    customer_id integer PRIMARY KEY,
    joined_on date NOT NULL,
    home_store_id integer REFERENCES sales.stores,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE sales.customers IS 'One row a customer of the CDNOW data set.';
COMMENT ON COLUMN sales.customers.customer_id IS 'CDNOW.';
COMMENT ON COLUMN sales.customers.joined_on IS 'CDNOW: the day of the first purchase.';
COMMENT ON COLUMN sales.customers.home_store_id IS 'Made up; NULL for customers who always buy online.';
COMMENT ON COLUMN sales.customers.updated_at IS 'Made up.';

CREATE TABLE sales.purchases (
    purchase_id bigint PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES sales.customers,
    store_id integer REFERENCES sales.stores,
    purchased_at timestamptz NOT NULL,
    purchase_date date NOT NULL,
    cds integer NOT NULL,
    amount_usd numeric(10, 2) NOT NULL,
    is_refund boolean NOT NULL,
    updated_at timestamptz NOT NULL CHECK (updated_at >= purchased_at)
);
COMMENT ON TABLE sales.purchases IS 'One row a purchase of the CDNOW data set.';
COMMENT ON COLUMN sales.purchases.purchase_id IS 'Made up: the line of the purchase in the CDNOW file.';
COMMENT ON COLUMN sales.purchases.customer_id IS 'CDNOW.';
COMMENT ON COLUMN sales.purchases.store_id IS 'Made up; NULL for a purchase made online.';
COMMENT ON COLUMN sales.purchases.purchased_at IS
    'CDNOW''s date; the time of day is made up, 12:00 to 15:00 UTC, which is the same date from UTC-12 to UTC+8.';
COMMENT ON COLUMN sales.purchases.purchase_date IS 'CDNOW.';
COMMENT ON COLUMN sales.purchases.cds IS 'CDNOW: number of CDs.';
COMMENT ON COLUMN sales.purchases.amount_usd IS 'CDNOW: US dollars.';
COMMENT ON COLUMN sales.purchases.is_refund IS 'Made up: about one purchase in 200 was given back later.';
COMMENT ON COLUMN sales.purchases.updated_at IS
    'Made up: within ten minutes of the purchase, up to 45 days later for refunds and for one row in 100 that was corrected.';

CREATE TABLE sales.purchase_checks (
    purchase_id bigint PRIMARY KEY REFERENCES sales.purchases,
    customer_id integer NOT NULL REFERENCES sales.customers,
    checked_at timestamptz NOT NULL,
    is_outlier boolean NOT NULL,
    is_suspected_fraud boolean NOT NULL,
    merge_status text NOT NULL CHECK (merge_status IN ('single', 'merged', 'to review')),
    is_admin_till boolean NOT NULL
);
COMMENT ON TABLE sales.purchase_checks IS
    'Made up: what the checks of the data team say of a purchase, the night after it. The checks of 1997-01 to 1997-03.';
COMMENT ON COLUMN sales.purchase_checks.merge_status IS 'Whether the customer was found twice and made one.';
COMMENT ON COLUMN sales.purchase_checks.is_admin_till IS 'Rung up at the till that the staff uses for corrections.';

CREATE TABLE sales.points (
    points_id bigint PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES sales.customers,
    earned_at timestamptz NOT NULL,
    points integer NOT NULL,
    updated_at timestamptz NOT NULL CHECK (updated_at >= earned_at)
);
COMMENT ON TABLE sales.points IS 'Made up: a loyalty programme that about 60 in 100 customers are in, one point a dollar.';
