-- What has come, or may have come, to stand under a name at a destination. A row is written before a file gets its final
-- name (stands = false), and another one when it has it: if a process dies in between, the file is known as ours.
-- Not part of the ledger's chain; it grants nothing but the right to replace a file that is one of these.
CREATE TABLE export_jobs.placement (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    execution_id bigint NOT NULL REFERENCES export_jobs.execution (id),
    destination text NOT NULL REFERENCES export_jobs.destination (tag),
    path text NOT NULL,
    attempt text NOT NULL,
    -- Counts the contents that this path of the destination has had, whichever job delivered them.
    revision integer NOT NULL,
    bytes bigint NOT NULL,
    sha256 text NOT NULL,
    stands boolean NOT NULL,
    -- What the server said of the file once it stood: seconds since 1970, and the ETag of an object.
    modified bigint,
    etag text,
    placed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX placement_of_path ON export_jobs.placement (destination, path, id);

INSERT INTO export_jobs.placement
    (execution_id, destination, path, attempt, revision, bytes, sha256, stands, placed_at)
SELECT made.execution_id, j.destination, made.path, made.attempt, made.revision, made.bytes, made.sha256, true, made.at
FROM (
    SELECT execution_id, path, attempt, revision, bytes, sha256, delivered_at AS at FROM export_jobs.delivery
    UNION ALL
    SELECT execution_id, path, '', revision, bytes, sha256, published_at FROM export_jobs.publication) made
JOIN export_jobs.execution e ON e.id = made.execution_id
JOIN export_jobs.job j ON j.id = e.job_id
ORDER BY made.at;

CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON export_jobs.placement
    FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_ledger();
CREATE TRIGGER truncate_is_refused BEFORE TRUNCATE ON export_jobs.placement
    EXECUTE FUNCTION export_jobs.guard_ledger();
