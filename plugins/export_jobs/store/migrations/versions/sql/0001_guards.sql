-- What may never change is refused here too, so that a hand-typed UPDATE gets a sentence and not a surprise.

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

CREATE FUNCTION export_jobs.refuse(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'EXJ01', MESSAGE = what;
END $$;

-- Templates -------------------------------------------------------------------------------------------------------
CREATE FUNCTION export_jobs.guard_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM export_jobs.refuse(format(
        'Template "%s" cannot be changed: jobs and past deliveries rely on it. Create a new template under another name.',
        OLD.name));
    RETURN NULL;
END $$;
CREATE TRIGGER template_is_never_edited BEFORE UPDATE ON export_jobs.template
    FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_template();

CREATE FUNCTION export_jobs.guard_template_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE users text;
BEGIN
    SELECT string_agg(j.name, ', ' ORDER BY j.name) INTO users
    FROM export_jobs.job_template u JOIN export_jobs.job j ON j.id = u.job_id WHERE u.template = OLD.name;
    IF users IS NOT NULL THEN
        PERFORM export_jobs.refuse(format(
            'Template "%s" cannot be deleted: it is used by %s. Delete those jobs first.', OLD.name, users));
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER template_in_use_stays BEFORE DELETE ON export_jobs.template
    FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_template_in_use();

-- Jobs ------------------------------------------------------------------------------------------------------------
CREATE FUNCTION export_jobs.name_dag() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE earlier integer;
BEGIN
    IF NEW.dag_id IS NULL THEN
        SELECT count(*) INTO earlier FROM export_jobs.job WHERE lower(name) = lower(NEW.name);
        NEW.dag_id := 'export__' || NEW.name || CASE WHEN earlier > 0 THEN '__' || earlier + 1 ELSE '' END;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER job_gets_its_dag_id BEFORE INSERT ON export_jobs.job
    FOR EACH ROW EXECUTE FUNCTION export_jobs.name_dag();

CREATE FUNCTION export_jobs.guard_job() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    frozen text[];
    first_start timestamptz;
    last_end timestamptz;
BEGIN
    IF OLD.deleted_at IS NOT NULL THEN
        PERFORM export_jobs.refuse(format(
            'Job "%s" has been deleted and is kept for its history only. Create a new job of that name.', OLD.name));
    END IF;
    SELECT array_agg(before.key ORDER BY before.key) INTO frozen
    FROM jsonb_each(to_jsonb(OLD)) AS before JOIN jsonb_each(to_jsonb(NEW)) AS after USING (key)
    WHERE before.value IS DISTINCT FROM after.value AND before.key <> ALL (ARRAY[
        'description', 'recipients', 'owner', 'enabled', 'frequency', 'execute_on', 'valid_from', 'valid_until',
        'deliver_at', 'deliver_on', 'time_zone', 'anchor', 'version', 'deleted_at', 'deleted_by']);
    IF frozen IS NOT NULL AND OLD.version > 0 THEN
        PERFORM export_jobs.refuse(format(
            'Job "%s": %s cannot change once the job exists, since receivers rely on it. Create a new job instead.',
            OLD.name, array_to_string(frozen, ', ')));
    END IF;
    IF NEW.deleted_at IS NOT NULL THEN
        NEW.deleted_by := coalesce(NEW.deleted_by, export_jobs.actor());
        RETURN NEW;
    END IF;
    SELECT min(window_start), max(window_end) INTO first_start, last_end
    FROM export_jobs.execution WHERE job_id = OLD.id AND run_type = 'scheduled';
    IF first_start IS NULL THEN
        RETURN NEW;
    END IF;
    IF OLD.frequency = 'once' AND (NEW.recipients, NEW.owner, NEW.enabled, NEW.frequency, NEW.execute_on,
        NEW.valid_from, NEW.valid_until, NEW.deliver_at, NEW.deliver_on, NEW.time_zone) IS DISTINCT FROM
        (OLD.recipients, OLD.owner, OLD.enabled, OLD.frequency, OLD.execute_on,
        OLD.valid_from, OLD.valid_until, OLD.deliver_at, OLD.deliver_on, OLD.time_zone) THEN
        PERFORM export_jobs.refuse(format(
            'Job "%s" is a once job that has run: only its description can change. Create a new job instead.', OLD.name));
    END IF;
    IF NEW.frequency = 'once' AND OLD.frequency <> 'once' THEN
        PERFORM export_jobs.refuse(format(
            'Job "%s" has delivered on a schedule and cannot become a once job. Create a new job instead.', OLD.name));
    END IF;
    IF NEW.valid_from <> OLD.valid_from THEN
        PERFORM export_jobs.refuse(format(
            'Job "%s": its first window has been made, so the first day (%s) cannot move. '
            'To export earlier days, create a once job for them.', OLD.name, OLD.valid_from));
    END IF;
    IF NEW.valid_until <> OLD.valid_until
        AND (NEW.valid_until + 1)::timestamp AT TIME ZONE NEW.time_zone < last_end THEN
        PERFORM export_jobs.refuse(format(
            'Job "%s": data up to %s (UTC) has its window already, so the last day cannot be %s. Choose a later one.',
            OLD.name, last_end AT TIME ZONE 'UTC', NEW.valid_until));
    END IF;
    IF (NEW.frequency, NEW.execute_on, NEW.time_zone) IS DISTINCT FROM
        (OLD.frequency, OLD.execute_on, OLD.time_zone) THEN
        NEW.anchor := last_end;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER job_keeps_what_receivers_rely_on BEFORE UPDATE ON export_jobs.job
    FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_job();

CREATE FUNCTION export_jobs.guard_job_template() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE job export_jobs.job;
BEGIN
    SELECT * INTO job FROM export_jobs.job WHERE id = coalesce(NEW.job_id, OLD.job_id);
    IF job.version > 0 AND (TG_OP <> 'DELETE' OR job.deleted_at IS NULL) THEN
        PERFORM export_jobs.refuse(format(
            'Job "%s": its templates cannot change once the job exists, since receivers rely on them. '
            'Create a new job instead.', job.name));
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER job_template_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON export_jobs.job_template
    FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_job_template();

-- A deletion leaves the row as a tombstone, so that a row that is gone without one is known to be lost.
CREATE FUNCTION export_jobs.bury_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE export_jobs.job SET deleted_at = clock_timestamp() WHERE id = OLD.id AND deleted_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER job_is_buried BEFORE DELETE ON export_jobs.job
    FOR EACH ROW EXECUTE FUNCTION export_jobs.bury_job();

CREATE FUNCTION export_jobs.release_templates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM export_jobs.job_template WHERE job_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER deleted_job_releases_its_templates AFTER UPDATE ON export_jobs.job
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
    EXECUTE FUNCTION export_jobs.release_templates();

-- At commit: all jobs, or more than three and most of them, deleted in one transaction is taken for an accident.
CREATE FUNCTION export_jobs.guard_bulk_delete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE gone bigint; live bigint;
BEGIN
    IF coalesce(current_setting('export_jobs.allow_bulk_delete', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    SELECT count(*) FILTER (WHERE deleted_at IS NOT NULL AND xmin = pg_current_xact_id()::xid),
        count(*) FILTER (WHERE deleted_at IS NULL) INTO gone, live FROM export_jobs.job;
    IF gone > 1 AND (live = 0 OR (gone > 3 AND gone * 2 > live)) THEN
        PERFORM export_jobs.refuse(format(
            'This would delete %s of %s jobs at once, which looks like an accident; nothing has been deleted. '
            'Delete them in smaller steps, or say SET export_jobs.allow_bulk_delete = on first.', gone, gone + live));
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER jobs_are_not_deleted_in_bulk AFTER UPDATE ON export_jobs.job DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
    EXECUTE FUNCTION export_jobs.guard_bulk_delete();

-- Versions --------------------------------------------------------------------------------------------------------
CREATE FUNCTION export_jobs.changed_keys(before jsonb, after jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    WITH leaves AS (
        SELECT key, value, 1 AS side FROM jsonb_each(before - 'schedule' - 'file')
        UNION ALL SELECT key, value, 2 FROM jsonb_each(after - 'schedule' - 'file')
        UNION ALL SELECT 'schedule.' || key, value, 1 FROM jsonb_each(before -> 'schedule')
        UNION ALL SELECT 'schedule.' || key, value, 2 FROM jsonb_each(after -> 'schedule')
        UNION ALL SELECT 'file.' || key, value, 1 FROM jsonb_each(before -> 'file')
        UNION ALL SELECT 'file.' || key, value, 2 FROM jsonb_each(after -> 'file'))
    SELECT coalesce(array_agg(key ORDER BY key), '{}') FROM (
        SELECT key FROM leaves GROUP BY key
        HAVING count(*) <> 2 OR count(DISTINCT value) > 1) AS different
$$;

CREATE FUNCTION export_jobs.keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- Append-only -----------------------------------------------------------------------------------------------------
CREATE FUNCTION export_jobs.guard_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM export_jobs.refuse(format(
        'The ledger is append-only: %s on "%s" is refused. What happened cannot be made not to have happened.',
        TG_OP, TG_TABLE_NAME));
    RETURN NULL;
END $$;
CREATE FUNCTION export_jobs.guard_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM export_jobs.refuse(format('TRUNCATE of "%s" is refused: it would leave no trace. Delete rows instead.',
        TG_TABLE_NAME));
    RETURN NULL;
END $$;
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['job_version', 'execution', 'execution_event', 'delivery', 'publication', 'notification']
    LOOP
        EXECUTE format('CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON export_jobs.%I '
            'FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_ledger()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['destination', 'template', 'job', 'job_template', 'job_version', 'execution',
        'execution_event', 'delivery', 'publication', 'notification']
    LOOP
        EXECUTE format('CREATE TRIGGER truncate_is_refused BEFORE TRUNCATE ON export_jobs.%I '
            'EXECUTE FUNCTION export_jobs.guard_truncate()', name);
    END LOOP;
END $$;
