-- A job may deliver the same files to several destinations: `destinations` in place of `destination`.
ALTER TABLE export_jobs.job
    ALTER COLUMN destination DROP NOT NULL,
    ADD COLUMN destinations text[]
        CONSTRAINT job_destinations_are_two_to_ten CHECK (cardinality(destinations) BETWEEN 2 AND 10)
        CONSTRAINT job_destinations_hold_no_null CHECK (export_jobs.is_without_null(destinations)),
    -- By its manifest it is known which of them has got all files.
    ADD CONSTRAINT job_sends_each_of_several_a_manifest CHECK (destinations IS NULL OR manifest = 'beside'),
    ADD CONSTRAINT job_has_one_destination_or_several CHECK ((destination IS NULL) <> (destinations IS NULL));

-- What a foreign key does for the one. The destinations are locked, so that none is deleted meanwhile.
CREATE FUNCTION export_jobs.guard_job_destinations() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE wrong text;
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job');
    PERFORM FROM export_jobs.destination d WHERE d.tag = ANY (NEW.destinations) ORDER BY d.tag FOR KEY SHARE;
    SELECT tag INTO wrong FROM unnest(NEW.destinations) AS tag
    WHERE NOT EXISTS (SELECT FROM export_jobs.destination d WHERE d.tag = tag.tag) LIMIT 1;
    IF wrong IS NOT NULL THEN
        PERFORM export_jobs.refuse(
            format('Job "%s": there is no destination "%s".', NEW.name, wrong), 'Create it first.');
    END IF;
    SELECT tag INTO wrong FROM unnest(NEW.destinations) AS tag GROUP BY tag HAVING count(*) > 1 LIMIT 1;
    IF wrong IS NOT NULL THEN
        PERFORM export_jobs.refuse(
            format('Job "%s": the destination "%s" is named twice.', NEW.name, wrong), 'Remove one of the two.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER job_5_destinations_exist BEFORE INSERT OR UPDATE OF destinations ON export_jobs.job
    FOR EACH ROW WHEN (NEW.destinations IS NOT NULL) EXECUTE FUNCTION export_jobs.guard_job_destinations();

-- As in 0003, for jobs of several destinations too.
CREATE OR REPLACE FUNCTION export_jobs.guard_destination() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE users text;
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'destination');
    IF TG_OP = 'UPDATE' AND NEW.tag = OLD.tag THEN
        RETURN NEW;
    END IF;
    -- Deleted jobs count too: their history says where the files went.
    SELECT string_agg(DISTINCT j.name, ', ' ORDER BY j.name) INTO users
    FROM export_jobs.job j WHERE j.destination = OLD.tag OR OLD.tag = ANY (j.destinations);
    IF users IS NOT NULL THEN
        PERFORM export_jobs.refuse(
            format('Destination "%s" keeps its tag and stays: %s deliver to it, or did.', OLD.tag, users),
            'Create another destination instead.');
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

-- A file at each destination is a delivery; NULL where the job has one. Without it the row's hash is what it was.
ALTER TABLE export_jobs.delivery
    ADD COLUMN destination text REFERENCES export_jobs.destination (tag);
DROP INDEX export_jobs.delivery_is_recorded_once;
CREATE UNIQUE INDEX delivery_is_recorded_once
    ON export_jobs.delivery (execution_id, template, stage, coalesce(part, 0), coalesce(destination, ''));

-- One key or the other: definitions of jobs that exist stay as they are.
CREATE FUNCTION export_jobs.destination_keys(j export_jobs.job) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN j.destinations IS NULL THEN jsonb_build_object('destination', j.destination)
        ELSE jsonb_build_object('destinations', to_jsonb(j.destinations)) END
$$;

-- As in 0013, with one destination or several.
CREATE OR REPLACE FUNCTION export_jobs.job_definition(job_id bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'job_id', j.id, 'dag_id', j.dag_id, 'name', j.name, 'description', j.description, 'owner', j.owner,
        'recipients', to_jsonb(j.recipients), 'enabled', j.enabled,
        'schedule', jsonb_build_object(
            'frequency', j.frequency, 'execute_on', j.execute_on, 'from', j.valid_from, 'until', j.valid_until,
            'deliver_at', j.deliver_at, 'deliver_on', j.deliver_on, 'time_zone', j.time_zone,
            'anchor', to_char(j.anchor AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
            || CASE j.deliver_after_days WHEN 1 THEN '{}'
                ELSE jsonb_build_object('deliver_after_days', j.deliver_after_days) END,
        'file', export_jobs.file_options(j) || export_jobs.encryption_option(j)
            || export_jobs.split_option(j),
        'templates', coalesce((
            SELECT jsonb_agg(jsonb_build_object('template', u.template, 'subfolder', u.subfolder,
                'date_basis', u.date_basis) || export_jobs.choices(u) ORDER BY u.position)
            FROM export_jobs.job_template u WHERE u.job_id = j.id), '[]'),
        'template_definitions', coalesce((
            SELECT jsonb_agg(jsonb_build_object('name', t.name, 'kind', t.kind, 'description', t.description,
                'fact', t.fact, 'columns', to_jsonb(t.columns), 'kpis', to_jsonb(t.kpis),
                'dimensions', to_jsonb(t.dimensions)) ORDER BY u.position)
            FROM export_jobs.job_template u JOIN export_jobs.template t ON t.name = u.template
            WHERE u.job_id = j.id), '[]'))
        || export_jobs.destination_keys(j)
    FROM export_jobs.job j WHERE j.id = job_definition.job_id
$$;
