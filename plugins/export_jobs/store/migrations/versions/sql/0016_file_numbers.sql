-- The numbers in the names of files: a running number of the window, and the revision of its content. A row is added when
-- a file is about to be made, so a retry, and whoever makes it once more from the same rows, finds the same numbers.
-- Not part of the ledger's chain: deliveries are, with the paths in which these numbers stand.
CREATE TABLE export_jobs.file_number (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    execution_id bigint NOT NULL REFERENCES export_jobs.execution (id),
    -- Empty for the done file of a run.
    template text NOT NULL,
    -- The extraction that the file is made from.
    stage text NOT NULL,
    -- 1, 2, 3 and so on over the windows of a job and template, in the order in which they were first made.
    sequence integer NOT NULL CONSTRAINT file_number_sequence_is_counted_from_one CHECK (sequence > 0),
    -- Counts the contents of one window of a job and template.
    revision integer NOT NULL CONSTRAINT file_number_revision_is_counted_from_one CHECK (revision > 0),
    -- A SHA-256 of all that the content depends on.
    made_of text NOT NULL,
    numbered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT file_number_is_given_once UNIQUE (execution_id, template, stage)
);

CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON export_jobs.file_number
    FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_ledger();
CREATE TRIGGER truncate_is_refused BEFORE TRUNCATE ON export_jobs.file_number
    EXECUTE FUNCTION export_jobs.guard_ledger();
