-- How delivered files are called: a pattern of fields in braces for each template's file (without its ending), and one for
-- a file that is sent last of all. Neither can change once the job exists, since receivers rely on it.
ALTER TABLE export_jobs.job
    ADD COLUMN name_pattern text CONSTRAINT job_name_pattern_is_plain
        CHECK (name_pattern ~ '^[A-Za-z0-9{][-A-Za-z0-9 ._+=,@()&{}:%]*$' AND length(name_pattern) <= 200),
    ADD COLUMN done_file text CONSTRAINT job_done_file_is_plain
        CHECK (done_file ~ '^[A-Za-z0-9{][-A-Za-z0-9 ._+=,@()&{}:%]*$' AND length(done_file) <= 200);

-- Keys that are not the default only, but for those of the first release: definitions of jobs that exist stay as they are.
CREATE FUNCTION export_jobs.file_options(j export_jobs.job) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'format', j.format, 'delimiter', j.delimiter, 'quoting', j.quoting, 'header', j.header,
        'null_text', j.null_text, 'bom', j.bom, 'line_ending', j.line_ending,
        'escape_formulas', j.escape_formulas, 'compression', j.compression,
        'empty_result', j.empty_result, 'max_bytes', j.max_bytes)
        || CASE j.shape_change WHEN 'fail' THEN '{}' ELSE jsonb_build_object('shape_change', j.shape_change) END
        || jsonb_strip_nulls(jsonb_build_object('name', j.name_pattern, 'done_file', j.done_file))
$$;

-- As in 0006, with the options of the file in a function of their own.
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
        'file', export_jobs.file_options(j),
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
