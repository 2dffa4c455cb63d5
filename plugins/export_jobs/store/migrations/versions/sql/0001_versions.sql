-- Every change of a definition is kept, by whatever door it came: the triggers here run for a hand-typed UPDATE too.
--
-- Functions that read or write other tables than the one being changed are SECURITY DEFINER, so that a person needs no
-- more than the right to edit a row; `session_user` is still that person's login.

CREATE FUNCTION export_jobs.refuse(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'EXJ01', MESSAGE = what;
END $$;

-- The definition as core/definitions/job.py reads it, in the words of the YAML.
CREATE FUNCTION export_jobs.job_definition(job_id bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
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
            'empty_result', j.empty_result, 'max_bytes', j.max_bytes),
        'templates', coalesce((
            SELECT jsonb_agg(jsonb_build_object('template', u.template, 'subfolder', u.subfolder,
                'date_basis', u.date_basis) ORDER BY u.position)
            FROM export_jobs.job_template u WHERE u.job_id = j.id), '[]'),
        'template_definitions', coalesce((
            SELECT jsonb_agg(jsonb_build_object('name', t.name, 'kind', t.kind, 'description', t.description,
                'fact', t.fact, 'columns', to_jsonb(t.columns), 'kpis', to_jsonb(t.kpis),
                'dimensions', to_jsonb(t.dimensions)) ORDER BY u.position)
            FROM export_jobs.job_template u JOIN export_jobs.template t ON t.name = u.template
            WHERE u.job_id = j.id), '[]'))
    FROM export_jobs.job j WHERE j.id = job_definition.job_id
$$;

-- Dotted keys in which two definitions differ: `owner`, `schedule.until`, `file.delimiter`.
CREATE FUNCTION export_jobs.changed_keys(before jsonb, after jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    WITH leaves AS (
        SELECT key, value FROM jsonb_each(before - 'schedule' - 'file')
        UNION ALL SELECT key, value FROM jsonb_each(after - 'schedule' - 'file')
        UNION ALL SELECT 'schedule.' || key, value FROM jsonb_each(before -> 'schedule')
        UNION ALL SELECT 'schedule.' || key, value FROM jsonb_each(after -> 'schedule')
        UNION ALL SELECT 'file.' || key, value FROM jsonb_each(before -> 'file')
        UNION ALL SELECT 'file.' || key, value FROM jsonb_each(after -> 'file'))
    SELECT coalesce(array_agg(key ORDER BY key), '{}') FROM (
        SELECT key FROM leaves GROUP BY key HAVING count(*) <> 2 OR count(DISTINCT value) > 1) AS different
$$;

-- At commit, once a job and all of its templates are there: a definition that differs from the newest version of it
-- becomes the next one.
CREATE FUNCTION export_jobs.keep_version() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    job_key bigint := CASE TG_TABLE_NAME WHEN 'job' THEN (to_jsonb(NEW) ->> 'id')::bigint
        ELSE (to_jsonb(NEW) ->> 'job_id')::bigint END;
    now_is jsonb := export_jobs.job_definition(job_key);
    was export_jobs.job_version;
BEGIN
    SELECT * INTO was FROM export_jobs.job_version v WHERE v.job_id = job_key ORDER BY version DESC LIMIT 1;
    IF now_is IS NULL OR now_is = was.definition
        OR EXISTS (SELECT FROM export_jobs.job j WHERE j.id = job_key AND deleted_at IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    INSERT INTO export_jobs.job_version (job_id, version, definition, changed)
    VALUES (job_key, coalesce(was.version, 0) + 1, now_is,
        CASE WHEN was IS NULL THEN '{created}' ELSE export_jobs.changed_keys(was.definition, now_is) END);
    UPDATE export_jobs.job j SET version = coalesce(was.version, 0) + 1 WHERE j.id = job_key;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER job_version_is_kept AFTER INSERT OR UPDATE ON export_jobs.job
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION export_jobs.keep_version();
CREATE CONSTRAINT TRIGGER job_version_is_kept AFTER INSERT OR UPDATE ON export_jobs.job_template
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION export_jobs.keep_version();

CREATE FUNCTION export_jobs.guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        PERFORM export_jobs.refuse(
            'Versions are written by the store itself when a job changes. Change the row of the job instead.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER version_is_written_by_the_store BEFORE INSERT ON export_jobs.job_version
    FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_version();

CREATE FUNCTION export_jobs.keep_change() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
BEGIN
    IF before IS DISTINCT FROM after THEN
        INSERT INTO export_jobs.definition_change (noun, name, before, after)
        VALUES (TG_TABLE_NAME, coalesce(after ->> 'name', after ->> 'tag', before ->> 'name', before ->> 'tag'),
            before, after);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER destination_change_is_kept AFTER INSERT OR UPDATE OR DELETE ON export_jobs.destination
    FOR EACH ROW EXECUTE FUNCTION export_jobs.keep_change();
CREATE TRIGGER template_change_is_kept AFTER INSERT OR UPDATE OR DELETE ON export_jobs.template
    FOR EACH ROW EXECUTE FUNCTION export_jobs.keep_change();
