-- A chain of hashes over the ledger and the changes, one for each job (and for each destination and template): an entry
-- that is edited, taken out or slipped in no longer fits. No lock spans jobs: writers of one job wait for its head only.
CREATE TABLE export_jobs.chain_head (
    chain text PRIMARY KEY,
    sequence bigint NOT NULL,
    hash text NOT NULL
) WITH (fillfactor = 50);  -- room for the next head on the same page

CREATE TABLE export_jobs.chain_entry (
    chain text NOT NULL,
    sequence bigint NOT NULL,
    noun text NOT NULL,
    key bigint NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (chain, sequence)
);

-- The chain that a row of the ledger belongs to. PL/pgSQL keeps its plans for a session, SQL functions do not.
CREATE FUNCTION export_jobs.chain_of(noun text, entry jsonb) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF entry ? 'execution_id' THEN
        RETURN (SELECT 'job ' || e.job_id FROM export_jobs.execution e WHERE e.id = (entry ->> 'execution_id')::bigint);
    ELSIF entry ->> 'job_id' IS NULL THEN
        RETURN concat(entry ->> 'noun', ' ', entry ->> 'name');
    END IF;
    RETURN 'job ' || (entry ->> 'job_id');
END $$;

-- Store/chain.py computes the same. Columns without a value do not count, so that a later migration can add some.
CREATE FUNCTION export_jobs.entry_hash(previous text, sequence bigint, noun text, entry jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN encode(sha256(convert_to(concat_ws(chr(10), previous, noun, sequence,
        (SELECT jsonb_object_agg(key, value) FROM jsonb_each(entry) WHERE value <> 'null')), 'UTF8')), 'hex');
END $$;

-- After the row, since ON CONFLICT DO NOTHING runs the triggers before a row that then does not come. Instants are text
-- in the hash, so the session's time zone must not count.
CREATE FUNCTION export_jobs.chain_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET timezone = 'UTC' AS $$
DECLARE
    entry jsonb := to_jsonb(NEW);
    head export_jobs.chain_head;
BEGIN
    IF TG_TABLE_SCHEMA <> 'export_jobs' THEN  -- where only the owner makes tables
        PERFORM export_jobs.require_table(TG_RELID, TG_TABLE_NAME);
    END IF;
    head.chain := export_jobs.chain_of(TG_TABLE_NAME, entry);
    LOOP
        UPDATE export_jobs.chain_head h
        SET sequence = h.sequence + 1, hash = export_jobs.entry_hash(h.hash, h.sequence + 1, TG_TABLE_NAME, entry)
        WHERE h.chain = head.chain RETURNING h.* INTO head;
        EXIT WHEN FOUND;
        head.chain := export_jobs.chain_of(TG_TABLE_NAME, entry);
        INSERT INTO export_jobs.chain_head VALUES (head.chain, 0, '') ON CONFLICT DO NOTHING;
    END LOOP;
    INSERT INTO export_jobs.chain_entry
    VALUES (head.chain, head.sequence, TG_TABLE_NAME, coalesce(entry ->> 'id', entry ->> 'version')::bigint, head.hash);
    RETURN NULL;
END $$;

-- What a store of an earlier version holds is chained in the order in which it happened.
CREATE FUNCTION export_jobs.chain_what_is_there() RETURNS void LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    written record;
    head export_jobs.chain_head := row('', 0, '')::export_jobs.chain_head;
BEGIN
    FOR written IN
        SELECT export_jobs.chain_of(noun, entry) AS chain, noun, entry,
            coalesce(entry ->> 'id', entry ->> 'version')::bigint AS key
        FROM (
            SELECT 'job_version' AS noun, 1 AS place, created_at AS at, to_jsonb(v) AS entry
            FROM export_jobs.job_version v
            UNION ALL SELECT 'definition_change', 2, changed_at, to_jsonb(c) FROM export_jobs.definition_change c
            UNION ALL SELECT 'execution', 3, opened_at, to_jsonb(e) FROM export_jobs.execution e
            UNION ALL SELECT 'execution_event', 4, at, to_jsonb(v) FROM export_jobs.execution_event v
            UNION ALL SELECT 'delivery', 5, delivered_at, to_jsonb(d) FROM export_jobs.delivery d
            UNION ALL SELECT 'publication', 6, published_at, to_jsonb(p) FROM export_jobs.publication p
            UNION ALL SELECT 'notification', 7, at, to_jsonb(n) FROM export_jobs.notification n
        ) AS rows
        ORDER BY chain, at, place, key
    LOOP
        IF written.chain <> head.chain THEN
            head := row(written.chain, 0, '')::export_jobs.chain_head;
        END IF;
        head.sequence := head.sequence + 1;
        head.hash := export_jobs.entry_hash(head.hash, head.sequence, written.noun, written.entry);
        INSERT INTO export_jobs.chain_entry
        VALUES (head.chain, head.sequence, written.noun, written.key, head.hash);
    END LOOP;
    INSERT INTO export_jobs.chain_head
    SELECT DISTINCT ON (chain) chain, sequence, hash FROM export_jobs.chain_entry ORDER BY chain, sequence DESC;
END $$;
SELECT export_jobs.chain_what_is_there();
DROP FUNCTION export_jobs.chain_what_is_there();

CREATE FUNCTION export_jobs.guard_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'EXJ01', HINT = 'Add an entry to the ledger; its link comes by itself.',
        MESSAGE = format('The chain of the ledger is written by the store itself: %s on "%s" is refused.',
            TG_OP, TG_TABLE_NAME);
END $$;
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['job_version', 'definition_change', 'execution', 'execution_event', 'delivery',
        'publication', 'notification'] LOOP
        EXECUTE format('CREATE TRIGGER row_is_chained AFTER INSERT ON export_jobs.%I '
            'FOR EACH ROW EXECUTE FUNCTION export_jobs.chain_row()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['chain_head', 'chain_entry'] LOOP
        EXECUTE format('CREATE TRIGGER chain_is_written_by_the_store BEFORE INSERT OR UPDATE OR DELETE '
            'ON export_jobs.%I FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION export_jobs.guard_chain()',
            name);
        EXECUTE format('CREATE TRIGGER truncate_is_refused BEFORE TRUNCATE ON export_jobs.%I '
            'EXECUTE FUNCTION export_jobs.guard_chain()', name);
    END LOOP;
END $$;
