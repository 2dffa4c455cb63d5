-- Which processes work with this store: the version of this package on each machine, and where its tasks stage rows.
-- Two machines that stage on their own disks cannot hand a file from one task to the next; two versions may not read
-- each other's definitions. What was not seen for a week is forgotten.
CREATE TABLE export_jobs.process (
    host text NOT NULL,
    kind text NOT NULL,
    version text NOT NULL,
    -- The staging root as its tasks know it, and what stands in a file there; both null but for tasks on a disk.
    staging text,
    staging_token text,
    first_seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (host, kind),
    CONSTRAINT process_is_of_a_known_kind CHECK (kind IN ('API server', 'Dag processor', 'task')),
    CONSTRAINT process_has_both_or_neither CHECK ((staging IS NULL) = (staging_token IS NULL))
);
