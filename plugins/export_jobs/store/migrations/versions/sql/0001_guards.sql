-- What may never change is refused here too, so that a hand-typed UPDATE gets a sentence and not a surprise.

-- Templates and destinations --------------------------------------------------------------------------------------
CREATE FUNCTION export_jobs.guard_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM export_jobs.refuse(format(
        'Template "%s" cannot be changed: jobs and past deliveries rely on it. '
        'Create a new template under another name.',
        OLD.name));
    RETURN NULL;
END $$;
CREATE TRIGGER template_is_never_edited BEFORE UPDATE ON export_jobs.template
    FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_template();

CREATE FUNCTION export_jobs.guard_template_in_use() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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

CREATE FUNCTION export_jobs.guard_destination() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE users text;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.tag = OLD.tag THEN
        RETURN NEW;
    END IF;
    -- Deleted jobs count too: their history says where the files went.
    SELECT string_agg(DISTINCT j.name, ', ' ORDER BY j.name) INTO users
    FROM export_jobs.job j WHERE j.destination = OLD.tag;
    IF users IS NOT NULL THEN
        PERFORM export_jobs.refuse(format(
            'Destination "%s" keeps its tag and stays: %s deliver to it, or did. Create another destination instead.',
            OLD.tag, users));
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER destination_in_use_keeps_its_tag BEFORE UPDATE OR DELETE ON export_jobs.destination
    FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_destination();

-- Jobs. Triggers of one event fire in the order of their names. ---------------------------------------------------
-- Deleted jobs keep their rows, so their count tells a Dag's id that none of them has had: no name holds `__`.
CREATE FUNCTION export_jobs.name_dag() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE earlier integer;
BEGIN
    NEW.version := 0;
    NEW.deleted_at := NULL;
    NEW.deleted_by := NULL;
    SELECT count(*) INTO earlier FROM export_jobs.job WHERE lower(name) = lower(NEW.name);
    NEW.dag_id := 'export__' || NEW.name || CASE WHEN earlier > 0 THEN '__' || earlier + 1 ELSE '' END;
    RETURN NEW;
END $$;
CREATE TRIGGER job_gets_its_dag_id BEFORE INSERT ON export_jobs.job
    FOR EACH ROW EXECUTE FUNCTION export_jobs.name_dag();

CREATE FUNCTION export_jobs.guard_deleted_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM export_jobs.refuse(format(
        'Job "%s" has been deleted and is kept for its history only. Create a new job of that name.', OLD.name));
    RETURN NULL;
END $$;
CREATE TRIGGER job_1_deleted_is_kept_as_it_is BEFORE UPDATE ON export_jobs.job
    FOR EACH ROW WHEN (OLD.deleted_at IS NOT NULL) EXECUTE FUNCTION export_jobs.guard_deleted_job();

CREATE FUNCTION export_jobs.guard_frozen() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE frozen text[];
BEGIN
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
    IF NEW.version <> OLD.version AND NEW.version IS DISTINCT FROM (
        SELECT max(v.version) FROM export_jobs.job_version v WHERE v.job_id = OLD.id) THEN
        PERFORM export_jobs.refuse(format(
            'Job "%s": its version is counted by the store itself. Leave it out of the UPDATE.', OLD.name));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER job_2_keeps_what_receivers_rely_on BEFORE UPDATE ON export_jobs.job
    FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_frozen();

-- The UTC instant at which a day begins; NULL for a zone that PostgreSQL does not know (validation says so).
CREATE FUNCTION export_jobs.day_start(day date, zone text) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN day::timestamp AT TIME ZONE zone;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN NULL;
END $$;

-- Why a schedule cannot become another one, given what has run; all reasons at once.
CREATE FUNCTION export_jobs.schedule_refusals(was export_jobs.job, becomes export_jobs.job, last_end timestamptz)
RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE reasons text[] := '{}';
BEGIN
    IF becomes.frequency = 'once' AND was.frequency <> 'once' THEN
        reasons := reasons || format('it has delivered on a schedule and cannot become a once job; '
            'create a new job instead');
    END IF;
    IF becomes.valid_from <> was.valid_from THEN
        reasons := reasons || format('its first window has been made, so the first day (%s) cannot move; '
            'to export earlier days, create a once job for them', was.valid_from);
    END IF;
    IF becomes.valid_until <> was.valid_until
        AND export_jobs.day_start(becomes.valid_until + 1, becomes.time_zone) < last_end THEN
        reasons := reasons || format('data up to %s (UTC) has its window already, so the last day cannot be %s; '
            'choose a later one', to_char(last_end AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), becomes.valid_until);
    END IF;
    RETURN reasons;
END $$;

CREATE FUNCTION export_jobs.guard_schedule() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last_end timestamptz;
    reasons text[];
BEGIN
    IF NEW.anchor IS DISTINCT FROM OLD.anchor THEN
        PERFORM export_jobs.refuse(format('Job "%s": its anchor is kept by the store, as the end of the last window '
            'that an earlier schedule made. Leave it out of the UPDATE.', OLD.name));
    END IF;
    IF OLD.frequency = 'once' AND EXISTS (SELECT FROM export_jobs.execution e WHERE e.job_id = OLD.id)
        AND to_jsonb(NEW) - '{description,version}'::text[] <> to_jsonb(OLD) - '{description,version}'::text[] THEN
        PERFORM export_jobs.refuse(format(
            'Job "%s" is a once job that has run: only its description can change. Create a new job instead.',
            OLD.name));
    END IF;
    SELECT max(e.window_end) INTO last_end
    FROM export_jobs.execution e WHERE e.job_id = OLD.id AND e.run_type = 'scheduled';
    IF last_end IS NULL THEN
        RETURN NEW;
    END IF;
    reasons := export_jobs.schedule_refusals(OLD, NEW, last_end);
    IF cardinality(reasons) > 0 THEN
        PERFORM export_jobs.refuse(format('Job "%s": %s.', OLD.name, array_to_string(reasons, '; ')));
    END IF;
    -- The new schedule takes over where the windows made so far end: no gap, no overlap.
    IF (NEW.frequency, NEW.execute_on, NEW.time_zone) IS DISTINCT FROM
        (OLD.frequency, OLD.execute_on, OLD.time_zone) THEN
        NEW.anchor := last_end;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER job_3_schedule_takes_over_without_a_gap BEFORE UPDATE ON export_jobs.job
    FOR EACH ROW WHEN (NEW.deleted_at IS NULL) EXECUTE FUNCTION export_jobs.guard_schedule();

-- Templates can be added while a job has none: a row typed without BEGIN gets its first version before they come.
CREATE FUNCTION export_jobs.guard_job_template() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE fixed text;
BEGIN
    SELECT j.name INTO fixed FROM export_jobs.job j
    JOIN export_jobs.job_version v ON v.job_id = j.id AND v.version = j.version
    WHERE j.id IN (NEW.job_id, OLD.job_id) AND v.definition -> 'templates' <> '[]'
        AND NOT (TG_OP = 'DELETE' AND j.deleted_at IS NOT NULL) LIMIT 1;
    IF fixed IS NOT NULL THEN
        PERFORM export_jobs.refuse(format(
            'Job "%s": its templates cannot change once the job exists, since receivers rely on them. '
            'Create a new job instead (with all of its templates in one transaction).', fixed));
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER job_template_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON export_jobs.job_template
    FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_job_template();
