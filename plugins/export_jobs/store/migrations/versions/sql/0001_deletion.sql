-- A deletion leaves the row as a tombstone, so that a row that is gone without one is known to be lost.
CREATE FUNCTION export_jobs.bury_job() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE export_jobs.job SET deleted_at = clock_timestamp() WHERE id = OLD.id AND deleted_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER job_is_buried BEFORE DELETE ON export_jobs.job
    FOR EACH ROW EXECUTE FUNCTION export_jobs.bury_job();

-- When and by whom is the store's word, whatever the UPDATE says; the bulk guard below counts by it.
CREATE FUNCTION export_jobs.sign_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.deleted_at := clock_timestamp();
    NEW.deleted_by := export_jobs.actor();
    RETURN NEW;
END $$;
CREATE TRIGGER job_4_deletion_is_signed BEFORE UPDATE ON export_jobs.job
    FOR EACH ROW WHEN (NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION export_jobs.sign_deletion();

CREATE FUNCTION export_jobs.release_templates() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM export_jobs.job_template WHERE job_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER deleted_job_releases_its_templates AFTER UPDATE ON export_jobs.job
    FOR EACH ROW WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
    EXECUTE FUNCTION export_jobs.release_templates();

-- At commit: all jobs, or more than three and more than a third of them, deleted in one transaction is taken for an
-- accident. now() is when the transaction began, so savepoints do not hide what was deleted within it.
CREATE FUNCTION export_jobs.guard_bulk_delete() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE gone bigint; live bigint;
BEGIN
    IF coalesce(current_setting('export_jobs.allow_bulk_delete', true), '') = 'on' THEN
        RETURN NULL;
    END IF;
    SELECT count(*) FILTER (WHERE deleted_at >= now()), count(*) FILTER (WHERE deleted_at IS NULL)
    INTO gone, live FROM export_jobs.job;
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
DECLARE
    kept text[] := ARRAY['job_version', 'definition_change', 'execution', 'execution_event', 'delivery', 'publication',
        'notification'];
    name text;
BEGIN
    FOREACH name IN ARRAY kept LOOP
        EXECUTE format('CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON export_jobs.%I '
            'FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_ledger()', name);
    END LOOP;
    FOREACH name IN ARRAY kept || ARRAY['destination', 'template', 'job', 'job_template'] LOOP
        EXECUTE format('CREATE TRIGGER truncate_is_refused BEFORE TRUNCATE ON export_jobs.%I '
            'EXECUTE FUNCTION export_jobs.guard_truncate()', name);
    END LOOP;
END $$;
