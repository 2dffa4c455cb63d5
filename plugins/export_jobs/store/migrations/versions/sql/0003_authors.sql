-- Who wrote what, as the database knows it. `created_by` and `changed_by` name a person, as the page says; `login` is
-- the database login of the session, which no client can choose.
ALTER TABLE export_jobs.job_version ADD COLUMN login text;
ALTER TABLE export_jobs.definition_change ADD COLUMN login text;
ALTER TABLE export_jobs.execution ADD COLUMN login text;
ALTER TABLE export_jobs.execution_event ADD COLUMN login text;
ALTER TABLE export_jobs.delivery ADD COLUMN login text;
ALTER TABLE export_jobs.publication ADD COLUMN login text;
ALTER TABLE export_jobs.notification ADD COLUMN login text;

CREATE FUNCTION export_jobs.sign_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.login := session_user;
    RETURN NEW;
END $$;

CREATE FUNCTION export_jobs.sign_creation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job', 'template');
    NEW.created_at := now();
    NEW.created_by := export_jobs.actor();
    RETURN NEW;
END $$;

-- As in 0001, with the owner's rights: whoever may edit a row needs no other right for it.
CREATE OR REPLACE FUNCTION export_jobs.sign_deletion() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job');
    NEW.deleted_at := clock_timestamp();
    NEW.deleted_by := export_jobs.actor();
    RETURN NEW;
END $$;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['job_version', 'definition_change', 'execution', 'execution_event', 'delivery',
        'publication', 'notification'] LOOP
        EXECUTE format('CREATE TRIGGER entry_is_signed BEFORE INSERT ON export_jobs.%I '
            'FOR EACH ROW EXECUTE FUNCTION export_jobs.sign_entry()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['job', 'template'] LOOP
        EXECUTE format('CREATE TRIGGER creation_is_signed BEFORE INSERT ON export_jobs.%I '
            'FOR EACH ROW EXECUTE FUNCTION export_jobs.sign_creation()', name);
        EXECUTE format('ALTER TABLE export_jobs.%I ALTER COLUMN created_by DROP DEFAULT', name);
    END LOOP;
END $$;
