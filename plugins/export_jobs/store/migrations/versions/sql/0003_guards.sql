-- Every function that runs with the owner's rights works for its own tables only, and says in HINT what to do next.
-- `SECURITY DEFINER` without that is a tool for strangers: a trigger on a table of their own would call it.

CREATE FUNCTION export_jobs.refuse(what text, remedy text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'EXJ01', MESSAGE = what, HINT = remedy;
END $$;

CREATE FUNCTION export_jobs.require_table(fires_for oid, VARIADIC names text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM unnest(names) AS name WHERE to_regclass('export_jobs.' || name) = fires_for) THEN
        PERFORM export_jobs.refuse('This function works for tables of the schema export_jobs only.',
            'Remove its trigger from the other table.');
    END IF;
END $$;

-- Who writes. Only the owner and the page speak for other people; whoever else sets `export_jobs.actor` is ignored.
-- current_user is here the owner of the function, since it runs with that one's rights.
CREATE OR REPLACE FUNCTION export_jobs.actor() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT coalesce(
        CASE WHEN pg_has_role(session_user, current_user, 'MEMBER')
            OR EXISTS (SELECT FROM pg_roles r WHERE r.rolname = 'export_jobs_page'
                AND pg_has_role(session_user, r.oid, 'MEMBER'))
        THEN nullif(current_setting('export_jobs.actor', true), '') END,
        session_user::text)
$$;

-- Templates and destinations --------------------------------------------------------------------------------------
CREATE OR REPLACE FUNCTION export_jobs.guard_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'EXJ01', HINT = 'Create a new template under another name.', MESSAGE = format(
        'Template "%s" cannot be changed: jobs and past deliveries rely on it.', OLD.name);
END $$;

CREATE OR REPLACE FUNCTION export_jobs.guard_template_in_use() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER AS $$
DECLARE users text;
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'template');
    SELECT string_agg(j.name, ', ' ORDER BY j.name) INTO users
    FROM export_jobs.job_template u JOIN export_jobs.job j ON j.id = u.job_id WHERE u.template = OLD.name;
    IF users IS NOT NULL THEN
        PERFORM export_jobs.refuse(
            format('Template "%s" cannot be deleted: it is used by %s.', OLD.name, users), 'Delete those jobs first.');
    END IF;
    RETURN OLD;
END $$;

CREATE OR REPLACE FUNCTION export_jobs.guard_destination() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE users text;
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'destination');
    IF TG_OP = 'UPDATE' AND NEW.tag = OLD.tag THEN
        RETURN NEW;
    END IF;
    -- Deleted jobs count too: their history says where the files went.
    SELECT string_agg(DISTINCT j.name, ', ' ORDER BY j.name) INTO users
    FROM export_jobs.job j WHERE j.destination = OLD.tag;
    IF users IS NOT NULL THEN
        PERFORM export_jobs.refuse(
            format('Destination "%s" keeps its tag and stays: %s deliver to it, or did.', OLD.tag, users),
            'Create another destination instead.');
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

-- Jobs ------------------------------------------------------------------------------------------------------------
CREATE OR REPLACE FUNCTION export_jobs.name_dag() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE earlier integer;
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job');
    NEW.version := 0;
    NEW.deleted_at := NULL;
    NEW.deleted_by := NULL;
    SELECT count(*) INTO earlier FROM export_jobs.job WHERE lower(name) = lower(NEW.name);
    NEW.dag_id := 'export__' || NEW.name || CASE WHEN earlier > 0 THEN '__' || earlier + 1 ELSE '' END;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION export_jobs.guard_deleted_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'EXJ01', HINT = 'Create a new job of that name.', MESSAGE = format(
        'Job "%s" has been deleted and is kept for its history only.', OLD.name);
END $$;

CREATE OR REPLACE FUNCTION export_jobs.guard_frozen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE frozen text[];
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job');
    SELECT array_agg(before.key ORDER BY before.key) INTO frozen
    FROM jsonb_each(to_jsonb(OLD)) AS before JOIN jsonb_each(to_jsonb(NEW)) AS after USING (key)
    WHERE before.value IS DISTINCT FROM after.value AND before.key <> ALL (ARRAY[
        'description', 'recipients', 'owner', 'enabled', 'frequency', 'execute_on', 'valid_from', 'valid_until',
        'deliver_at', 'deliver_on', 'time_zone', 'anchor', 'version', 'deleted_at', 'deleted_by']);
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

-- Why a schedule cannot become another one, given what has run, and what to do about it; all reasons at once.
DROP FUNCTION export_jobs.schedule_refusals(export_jobs.job, export_jobs.job, timestamptz);
CREATE FUNCTION export_jobs.schedule_refusals(
    was export_jobs.job, becomes export_jobs.job, last_end timestamptz, OUT reasons text[], OUT remedies text[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF becomes.frequency = 'once' AND was.frequency <> 'once' THEN
        reasons := reasons || text 'it has delivered on a schedule and cannot become a once job';
        remedies := remedies || text 'Create a new job instead.';
    END IF;
    IF becomes.valid_from <> was.valid_from THEN
        reasons := reasons || format('its first window has been made, so the first day (%s) cannot move',
            was.valid_from);
        remedies := remedies || text 'To export earlier days, create a once job for them.';
    END IF;
    IF becomes.valid_until <> was.valid_until
        AND export_jobs.day_start(becomes.valid_until + 1, becomes.time_zone) < last_end THEN
        reasons := reasons || format('data up to %s (UTC) has its window already, so the last day cannot be %s',
            to_char(last_end AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), becomes.valid_until);
        remedies := remedies || text 'Choose a later last day.';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION export_jobs.guard_schedule() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    last_end timestamptz;
    refused record;
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job');
    IF NEW.anchor IS DISTINCT FROM OLD.anchor THEN
        PERFORM export_jobs.refuse(
            format('Job "%s": its anchor is kept by the store, as the end of the last window that an earlier schedule '
                'made.', OLD.name),
            'Leave it out of the UPDATE.');
    END IF;
    IF OLD.frequency = 'once' AND EXISTS (SELECT FROM export_jobs.execution e WHERE e.job_id = OLD.id)
        AND to_jsonb(NEW) - '{description,version}'::text[] <> to_jsonb(OLD) - '{description,version}'::text[] THEN
        PERFORM export_jobs.refuse(
            format('Job "%s" is a once job that has run: only its description can change.', OLD.name),
            'Create a new job instead.');
    END IF;
    SELECT max(e.window_end) INTO last_end
    FROM export_jobs.execution e WHERE e.job_id = OLD.id AND e.run_type = 'scheduled';
    IF last_end IS NULL THEN
        RETURN NEW;
    END IF;
    refused := export_jobs.schedule_refusals(OLD, NEW, last_end);
    IF cardinality(refused.reasons) > 0 THEN
        PERFORM export_jobs.refuse(
            format('Job "%s": %s.', OLD.name, array_to_string(refused.reasons, '; ')),
            array_to_string(refused.remedies, ' '));
    END IF;
    -- The new schedule takes over where the windows made so far end: no gap, no overlap.
    IF (NEW.frequency, NEW.execute_on, NEW.time_zone) IS DISTINCT FROM
        (OLD.frequency, OLD.execute_on, OLD.time_zone) THEN
        NEW.anchor := last_end;
    END IF;
    RETURN NEW;
END $$;

-- The job is locked, so that of two sessions that give templates or filters to a job without any, the second one waits
-- and is then refused.
CREATE OR REPLACE FUNCTION export_jobs.guard_job_template() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE fixed text;
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job_template', 'job_filter');
    PERFORM FROM export_jobs.job j WHERE j.id IN (NEW.job_id, OLD.job_id) ORDER BY j.id FOR UPDATE;
    SELECT j.name INTO fixed FROM export_jobs.job j
    JOIN export_jobs.job_version v ON v.job_id = j.id AND v.version = j.version
    WHERE j.id IN (NEW.job_id, OLD.job_id) AND v.definition -> 'templates' <> '[]'
        AND NOT (TG_OP = 'DELETE' AND j.deleted_at IS NOT NULL) LIMIT 1;
    IF fixed IS NOT NULL THEN
        PERFORM export_jobs.refuse(
            format('Job "%s": its %s cannot change once the job exists, since receivers rely on them.',
                fixed, CASE TG_TABLE_NAME WHEN 'job_filter' THEN 'filters' ELSE 'templates' END),
            'Create a new job instead (with all of its templates and their filters in one transaction).');
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

-- Versions and changes --------------------------------------------------------------------------------------------
CREATE OR REPLACE FUNCTION export_jobs.keep_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    job_key bigint := CASE TG_TABLE_NAME WHEN 'job' THEN (to_jsonb(NEW) ->> 'id')::bigint
        ELSE (to_jsonb(NEW) ->> 'job_id')::bigint END;
    now_is jsonb;
    was export_jobs.job_version;
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job', 'job_template');
    now_is := export_jobs.job_definition(job_key);
    SELECT * INTO was FROM export_jobs.job_version v WHERE v.job_id = job_key ORDER BY version DESC LIMIT 1;
    IF now_is IS NULL OR now_is = was.definition
        OR EXISTS (SELECT FROM export_jobs.job j WHERE j.id = job_key AND deleted_at IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    INSERT INTO export_jobs.job_version (job_id, version, definition, changed)
    VALUES (job_key, coalesce(was.version, 0) + 1, now_is,
        CASE WHEN was.version IS NULL THEN '{created}' ELSE export_jobs.changed_keys(was.definition, now_is) END);
    UPDATE export_jobs.job j SET version = coalesce(was.version, 0) + 1 WHERE j.id = job_key;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION export_jobs.guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION USING ERRCODE = 'EXJ01', HINT = 'Change the row of the job instead.',
            MESSAGE = 'Versions are written by the store itself when a job changes.';
    END IF;
    RETURN NEW;
END $$;

-- Deletion of a job is a change, too; its entry stands in the job's own history.
ALTER TABLE export_jobs.definition_change
    ADD COLUMN job_id bigint REFERENCES export_jobs.job (id),
    DROP CONSTRAINT definition_change_noun_is_known,
    ADD CONSTRAINT definition_change_noun_is_known CHECK (noun IN ('destination', 'template', 'job')),
    ADD CONSTRAINT definition_change_job_for_jobs_only CHECK ((noun = 'job') = (job_id IS NOT NULL));
INSERT INTO export_jobs.definition_change (noun, name, job_id, before, changed_at, changed_by)
SELECT 'job', j.name, j.id, jsonb_build_object('version', j.version), j.deleted_at, j.deleted_by
FROM export_jobs.job j WHERE j.deleted_at IS NOT NULL ORDER BY j.deleted_at, j.id;

CREATE OR REPLACE FUNCTION export_jobs.keep_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'destination', 'template');
    IF before IS DISTINCT FROM after THEN
        INSERT INTO export_jobs.definition_change (noun, name, before, after)
        VALUES (TG_TABLE_NAME, coalesce(after ->> 'name', after ->> 'tag', before ->> 'name', before ->> 'tag'),
            before, after);
    END IF;
    RETURN NULL;
END $$;

-- Deletion --------------------------------------------------------------------------------------------------------
CREATE OR REPLACE FUNCTION export_jobs.bury_job() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job');
    UPDATE export_jobs.job SET deleted_at = clock_timestamp() WHERE id = OLD.id AND deleted_at IS NULL;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION export_jobs.release_templates() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job');
    INSERT INTO export_jobs.definition_change (noun, name, job_id, before)
    VALUES ('job', NEW.name, NEW.id, jsonb_build_object('version', NEW.version));
    DELETE FROM export_jobs.job_template WHERE job_id = NEW.id;
    RETURN NULL;
END $$;

-- Only the owner can confirm a bulk deletion: a switch that everybody has is no guard.
CREATE OR REPLACE FUNCTION export_jobs.guard_bulk_delete() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    gone bigint;
    live bigint;
    is_owner boolean := pg_has_role(session_user, current_user, 'MEMBER');
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job');
    IF is_owner AND coalesce(current_setting('export_jobs.allow_bulk_delete', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    SELECT count(*) FILTER (WHERE deleted_at >= now()), count(*) FILTER (WHERE deleted_at IS NULL)
    INTO gone, live FROM export_jobs.job;
    IF gone > 1 AND (live = 0 OR (gone > 3 AND gone * 2 > live)) THEN
        PERFORM export_jobs.refuse(
            format('This would delete %s of %s jobs at once, which looks like an accident; nothing has been deleted.',
                gone, gone + live),
            CASE WHEN is_owner
                THEN 'Delete them in smaller steps, or say SET export_jobs.allow_bulk_delete = on first.'
                ELSE 'Delete them in smaller steps, or let the owner of the store do it.' END);
    END IF;
    RETURN NULL;
END $$;

-- Append-only -----------------------------------------------------------------------------------------------------
-- DELETE and TRUNCATE of one table say the same: what is refused as rows is not advised as a remedy.
CREATE OR REPLACE FUNCTION export_jobs.guard_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'EXJ01', HINT = 'Add an entry that corrects it; none is changed or removed.',
        MESSAGE = format('The ledger is append-only: %s on "%s" is refused.', TG_OP, TG_TABLE_NAME);
END $$;

CREATE OR REPLACE FUNCTION export_jobs.guard_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'EXJ01',
        MESSAGE = format('TRUNCATE of "%s" is refused: it would leave no trace.', TG_TABLE_NAME),
        HINT = CASE WHEN TG_TABLE_NAME IN ('job_template', 'job_filter')
            THEN 'Delete the jobs instead; what they choose goes with them.'
            ELSE 'Delete rows instead.' END;
END $$;
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['job_version', 'definition_change', 'execution', 'execution_event', 'delivery',
        'publication', 'notification'] LOOP
        EXECUTE format('DROP TRIGGER truncate_is_refused ON export_jobs.%I', name);
        EXECUTE format('CREATE TRIGGER truncate_is_refused BEFORE TRUNCATE ON export_jobs.%I '
            'EXECUTE FUNCTION export_jobs.guard_ledger()', name);
    END LOOP;
END $$;

DROP FUNCTION export_jobs.refuse(text);
