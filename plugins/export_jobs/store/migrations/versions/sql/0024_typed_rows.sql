-- A new job has made no window: an anchor that somebody types would pass over all days before it, without a word.
CREATE OR REPLACE FUNCTION export_jobs.name_dag() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE earlier integer;
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job');
    NEW.version := 0;
    NEW.anchor := NULL;
    NEW.deleted_at := NULL;
    NEW.deleted_by := NULL;
    SELECT count(*) INTO earlier FROM export_jobs.job WHERE lower(name) = lower(NEW.name);
    NEW.dag_id := 'export__' || NEW.name || CASE WHEN earlier > 0 THEN '__' || earlier + 1 ELSE '' END;
    RETURN NEW;
END $$;

-- An address would put its password into the table, the record of changes and every message that names it.
ALTER TABLE export_jobs.destination
    ADD CONSTRAINT destination_connection_is_an_id CHECK (connection ~ '^[A-Za-z0-9_.-]*$' AND length(connection) <= 200)
        NOT VALID;
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM export_jobs.destination WHERE connection !~ '^[A-Za-z0-9_.-]*$' OR length(connection) > 200)
    THEN
        ALTER TABLE export_jobs.destination VALIDATE CONSTRAINT destination_connection_is_an_id;
    END IF;
END $$;
