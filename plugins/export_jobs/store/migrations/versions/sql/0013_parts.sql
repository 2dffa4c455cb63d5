-- A template may be delivered as parts, cut by rows or by bytes. Fixed once the job exists, like all that makes its files.
ALTER TABLE export_jobs.job
    ADD COLUMN split_rows bigint CONSTRAINT job_split_rows_are_positive CHECK (split_rows > 0),
    ADD COLUMN split_bytes bigint CONSTRAINT job_split_bytes_are_positive CHECK (split_bytes > 0),
    ADD CONSTRAINT job_split_is_by_rows_or_bytes CHECK (split_rows IS NULL OR split_bytes IS NULL),
    ADD CONSTRAINT job_split_fits_the_format CHECK (
        (split_bytes IS NULL OR (format IN ('csv', 'jsonl') AND encoding = 'utf-8'))
        AND (format <> 'xlsx' OR coalesce(split_rows, 1) <= 1048575));

-- Each part is a delivery. Without a part the row's hash in the chain is what it was.
ALTER TABLE export_jobs.delivery
    ADD COLUMN part integer CONSTRAINT delivery_part_is_counted_from_one CHECK (part > 0),
    DROP CONSTRAINT delivery_execution_id_template_stage_key;
CREATE UNIQUE INDEX delivery_is_recorded_once
    ON export_jobs.delivery (execution_id, template, stage, coalesce(part, 0));

-- Of which template a file is; a manifest and a done file are of none. What stands there already is found as a delivery.
ALTER TABLE export_jobs.placement ADD COLUMN template text;
CREATE INDEX placement_of_execution ON export_jobs.placement (execution_id);

-- A key where there is something to say only: definitions of jobs that exist stay as they are.
CREATE FUNCTION export_jobs.split_option(j export_jobs.job) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN j.split_rows IS NULL AND j.split_bytes IS NULL THEN '{}' ELSE jsonb_build_object(
        'split', jsonb_strip_nulls(jsonb_build_object('rows', j.split_rows, 'bytes', j.split_bytes))) END
$$;

-- As in 0009, with the parts of the file.
CREATE OR REPLACE FUNCTION export_jobs.job_definition(job_id bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'job_id', j.id, 'dag_id', j.dag_id, 'name', j.name, 'description', j.description, 'owner', j.owner,
        'destination', j.destination, 'recipients', to_jsonb(j.recipients), 'enabled', j.enabled,
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
    FROM export_jobs.job j WHERE j.id = job_definition.job_id
$$;
