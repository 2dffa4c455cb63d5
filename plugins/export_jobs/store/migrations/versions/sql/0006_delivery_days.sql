-- Calendar quarters, and how many days after its last day of data a window is delivered: 1 is the day after.
ALTER TABLE export_jobs.job
    DROP CONSTRAINT job_frequency_is_known,
    ADD CONSTRAINT job_frequency_is_known CHECK (frequency IN ('once', 'daily', 'weekly', 'monthly', 'quarterly')),
    DROP CONSTRAINT job_execute_on_fits_frequency,
    ADD CONSTRAINT job_execute_on_fits_frequency CHECK (
        CASE frequency
            WHEN 'weekly' THEN coalesce(execute_on, '')
                IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')
            WHEN 'monthly' THEN coalesce(execute_on, '') ~ '^([1-9]|[12][0-9]|3[01]|last)$'
            WHEN 'quarterly' THEN coalesce(execute_on, 'last') = 'last'
            ELSE execute_on IS NULL
        END),
    ADD COLUMN deliver_after_days integer NOT NULL DEFAULT 1
        CONSTRAINT job_deliver_after_days_is_plausible CHECK (deliver_after_days BETWEEN 1 AND 92),
    ADD CONSTRAINT job_has_one_day_of_delivery CHECK (deliver_on IS NULL OR deliver_after_days = 1);

-- As in 0005, with this key where it is not the default, so that the definitions of the jobs that exist stay as they are.
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

-- As in 0005; windows stay as they are, whatever the day of delivery.
CREATE OR REPLACE FUNCTION export_jobs.guard_frozen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE frozen text[];
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job');
    SELECT array_agg(before.key ORDER BY before.key) INTO frozen
    FROM jsonb_each(to_jsonb(OLD)) AS before JOIN jsonb_each(to_jsonb(NEW)) AS after USING (key)
    WHERE before.value IS DISTINCT FROM after.value AND before.key <> ALL (ARRAY[
        'description', 'recipients', 'owner', 'enabled', 'frequency', 'execute_on', 'valid_from', 'valid_until',
        'deliver_at', 'deliver_on', 'deliver_after_days', 'time_zone', 'anchor', 'shape_change', 'version', 'deleted_at', 'deleted_by']);
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
