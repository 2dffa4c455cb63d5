-- What a run does when the columns of its source are not those of the catalogue or of the last delivery.
ALTER TABLE export_jobs.job ADD COLUMN shape_change text NOT NULL DEFAULT 'fail'
    CONSTRAINT job_shape_change_is_known CHECK (shape_change IN ('fail', 'warn'));

-- As in 0002, with this key where it is not the default, so that the definitions of the jobs that exist stay as they are.
CREATE OR REPLACE FUNCTION export_jobs.job_definition(job_id bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'job_id', j.id, 'dag_id', j.dag_id, 'name', j.name, 'description', j.description, 'owner', j.owner,
        'destination', j.destination, 'recipients', to_jsonb(j.recipients), 'enabled', j.enabled,
        'schedule', jsonb_build_object(
            'frequency', j.frequency, 'execute_on', j.execute_on, 'from', j.valid_from, 'until', j.valid_until,
            'deliver_at', j.deliver_at, 'deliver_on', j.deliver_on, 'time_zone', j.time_zone,
            'anchor', to_char(j.anchor AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')),
        'file', jsonb_build_object(
            'format', j.format, 'delimiter', j.delimiter, 'quoting', j.quoting, 'header', j.header,
            'null_text', j.null_text, 'bom', j.bom, 'line_ending', j.line_ending,
            'escape_formulas', j.escape_formulas, 'compression', j.compression,
            'empty_result', j.empty_result, 'max_bytes', j.max_bytes)
            || CASE j.shape_change WHEN 'fail' THEN '{}' ELSE jsonb_build_object('shape_change', j.shape_change) END,
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

-- As in 0003; it changes no byte, and a change of the source that is meant is let through by changing it.
CREATE OR REPLACE FUNCTION export_jobs.guard_frozen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE frozen text[];
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job');
    SELECT array_agg(before.key ORDER BY before.key) INTO frozen
    FROM jsonb_each(to_jsonb(OLD)) AS before JOIN jsonb_each(to_jsonb(NEW)) AS after USING (key)
    WHERE before.value IS DISTINCT FROM after.value AND before.key <> ALL (ARRAY[
        'description', 'recipients', 'owner', 'enabled', 'frequency', 'execute_on', 'valid_from', 'valid_until',
        'deliver_at', 'deliver_on', 'time_zone', 'anchor', 'shape_change', 'version', 'deleted_at', 'deleted_by']);
    IF frozen IS NOT NULL AND OLD.version > 0 THEN
        PERFORM export_jobs.refuse(
            format('Job "%s": %s cannot change once the job exists, since receivers rely on it.',
                OLD.name, array_to_string(frozen, ', ')),
            'Create a new job instead.');
    END IF;
    IF NEW.version <> OLD.version AND NEW.version IS DISTINCT FROM (
        SELECT max(v.version) FROM export_jobs.job_version v WHERE v.job_id = OLD.id) THEN
        PERFORM export_jobs.refuse(
            format('Job "%s": its version is counted by the store itself.', OLD.name), 'Leave it out of the UPDATE.');
    END IF;
    RETURN NEW;
END $$;

-- The shape of the last delivery is looked up by the attempt that read it.
CREATE INDEX execution_event_of_shape ON export_jobs.execution_event (execution_id, attempt) WHERE kind = 'columns read';
