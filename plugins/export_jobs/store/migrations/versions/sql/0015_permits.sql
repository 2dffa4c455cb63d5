-- How often, and how many at once: what several API servers count together. A permit that nobody returns ends by itself,
-- so that a server that dies keeps nothing for good.
CREATE TABLE export_jobs.permit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- What it is for, and whose it is where each person has some: "previews", "checks of the installation by anna".
    subject text NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ends_at timestamptz NOT NULL,
    CONSTRAINT permit_ends_after_it_is_taken CHECK (ends_at > taken_at)
);
CREATE INDEX permit_of_subject ON export_jobs.permit (subject, ends_at);

-- A scheduler that lacks the plugin makes no run, and one of another version may not know a timetable.
ALTER TABLE export_jobs.process DROP CONSTRAINT process_is_of_a_known_kind;
ALTER TABLE export_jobs.process ADD CONSTRAINT process_is_of_a_known_kind
    CHECK (kind IN ('API server', 'Dag processor', 'scheduler', 'task'));
