-- The ledger: what ran and what was delivered. Append-only (0001_guards.sql refuses anything else).
CREATE TABLE export_jobs.execution (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id bigint NOT NULL REFERENCES export_jobs.job (id),
    dag_id text NOT NULL,
    run_id text NOT NULL,
    run_type text NOT NULL,
    window_start timestamptz NOT NULL,
    window_end timestamptz NOT NULL,
    version integer NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (dag_id, run_id),
    FOREIGN KEY (job_id, version) REFERENCES export_jobs.job_version (job_id, version),
    CONSTRAINT execution_window_ends_after_it_starts CHECK (window_start < window_end)
);
CREATE INDEX execution_of_job ON export_jobs.execution (job_id, window_start);
CREATE INDEX execution_of_the_schedule ON export_jobs.execution (job_id, window_end) WHERE run_type = 'scheduled';

CREATE TABLE export_jobs.execution_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    execution_id bigint NOT NULL REFERENCES export_jobs.execution (id),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL,
    step text,
    template text,
    attempt text,
    try_number integer,
    message text,
    detail jsonb
);
CREATE INDEX execution_event_of_execution ON export_jobs.execution_event (execution_id, id);

CREATE TABLE export_jobs.delivery (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    execution_id bigint NOT NULL REFERENCES export_jobs.execution (id),
    template text NOT NULL,
    stage text NOT NULL,
    revision integer NOT NULL,
    path text NOT NULL,
    url text NOT NULL,
    rows bigint NOT NULL,
    bytes bigint NOT NULL,
    sha256 text NOT NULL,
    columns text[] NOT NULL,
    version integer NOT NULL,
    definition_hash text NOT NULL,
    attempt text NOT NULL,
    delivered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (execution_id, template, stage)
);
CREATE INDEX delivery_of_path ON export_jobs.delivery (path, id);

CREATE TABLE export_jobs.publication (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    execution_id bigint NOT NULL REFERENCES export_jobs.execution (id),
    stage text NOT NULL,
    revision integer NOT NULL,
    path text NOT NULL,
    url text NOT NULL,
    bytes bigint NOT NULL,
    sha256 text NOT NULL,
    published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (execution_id, stage)
);

CREATE TABLE export_jobs.notification (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    execution_id bigint NOT NULL REFERENCES export_jobs.execution (id),
    kind text NOT NULL CONSTRAINT notification_kind_is_known CHECK (kind IN ('success', 'failure')),
    key text NOT NULL,
    recipient text NOT NULL,
    state text NOT NULL CONSTRAINT notification_state_is_known CHECK (state IN ('sent', 'refused')),
    reply text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (execution_id, kind, key, recipient)
);

-- Not part of the ledger: which attempt of a step is the current one. The newest takes over.
CREATE TABLE export_jobs.lease (
    execution_id bigint NOT NULL REFERENCES export_jobs.execution (id),
    template text NOT NULL,
    step text NOT NULL,
    attempt text NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (execution_id, template, step)
);

-- Not part of the ledger: what the auditor has told, so that nobody is told twice.
CREATE TABLE export_jobs.alarm (
    key text PRIMARY KEY,
    job text NOT NULL,
    message text NOT NULL,
    told_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
