-- Receivers' OpenPGP public keys. What gpg has read in the text stands beside it, for people to compare; every run reads
-- the text again, and refuses one that holds another key than this fingerprint.
CREATE TABLE export_jobs.key (
    tag text PRIMARY KEY CONSTRAINT key_tag_is_plain CHECK (export_jobs.is_plain_name(tag)),
    public_key text NOT NULL CONSTRAINT key_text_is_a_public_key
        CHECK (public_key LIKE '%-----BEGIN PGP PUBLIC KEY BLOCK-----%' AND length(public_key) <= 200000)
        CONSTRAINT key_text_holds_no_private_key CHECK (public_key !~ 'PRIVATE|SECRET'),
    description text NOT NULL DEFAULT '',
    fingerprint text NOT NULL CONSTRAINT key_fingerprint_is_one CHECK (fingerprint ~ '^([0-9A-F]{40}|[0-9A-F]{64})$'),
    user_id text NOT NULL DEFAULT '',
    key_created_at timestamptz NOT NULL CONSTRAINT key_creation_is_plausible
        CHECK (key_created_at BETWEEN '1970-01-01' AND '2200-01-01'),
    expires_at timestamptz CONSTRAINT key_expiry_is_plausible CHECK (expires_at BETWEEN '1970-01-01' AND '2200-01-01'),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL
);

-- A renewed key has the same fingerprint and another text. Another fingerprint is another key: whoever could put it
-- under a tag that people trust would read the partner's files.
CREATE FUNCTION export_jobs.guard_key() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE users text;
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'key');
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.tag, NEW.fingerprint, NEW.created_at, NEW.created_by)
            IS DISTINCT FROM (OLD.tag, OLD.fingerprint, OLD.created_at, OLD.created_by) THEN
            PERFORM export_jobs.refuse(
                format('Key "%s" keeps its tag and its fingerprint, %s, which a person has confirmed.',
                    OLD.tag, OLD.fingerprint),
                'Give another key a tag of its own.');
        END IF;
        RETURN NEW;
    END IF;
    SELECT string_agg(j.name, ', ' ORDER BY j.name) INTO users
    FROM export_jobs.job j WHERE OLD.tag = ANY (j.encryption_keys) AND j.deleted_at IS NULL;
    IF users IS NOT NULL THEN
        PERFORM export_jobs.refuse(
            format('Key "%s" cannot be deleted: %s encrypt to it.', OLD.tag, users), 'Delete those jobs first.');
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER key_is_guarded BEFORE UPDATE OR DELETE ON export_jobs.key
    FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_key();
CREATE TRIGGER key_change_is_kept AFTER INSERT OR UPDATE OR DELETE ON export_jobs.key
    FOR EACH ROW EXECUTE FUNCTION export_jobs.keep_change();
CREATE TRIGGER truncate_is_refused BEFORE TRUNCATE ON export_jobs.key
    EXECUTE FUNCTION export_jobs.guard_truncate();

ALTER TABLE export_jobs.definition_change
    DROP CONSTRAINT definition_change_noun_is_known,
    ADD CONSTRAINT definition_change_noun_is_known CHECK (noun IN ('destination', 'template', 'key', 'job'));

-- As in 0003, for keys, too.
CREATE OR REPLACE FUNCTION export_jobs.keep_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'destination', 'template', 'key');
    IF before IS DISTINCT FROM after THEN
        INSERT INTO export_jobs.definition_change (noun, name, before, after)
        VALUES (TG_TABLE_NAME, coalesce(after ->> 'name', after ->> 'tag', before ->> 'name', before ->> 'tag'),
            before, after);
    END IF;
    RETURN NULL;
END $$;

-- As in 0003, for keys, too.
CREATE OR REPLACE FUNCTION export_jobs.sign_creation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job', 'template', 'key');
    NEW.created_at := now();
    NEW.created_by := export_jobs.actor();
    RETURN NEW;
END $$;
CREATE TRIGGER creation_is_signed BEFORE INSERT ON export_jobs.key
    FOR EACH ROW EXECUTE FUNCTION export_jobs.sign_creation();

-- What a job encrypts to; fixed once it exists, like all that makes its files.
ALTER TABLE export_jobs.job
    ADD COLUMN encryption_keys text[] NOT NULL DEFAULT '{}' CONSTRAINT job_encryption_keys_hold_no_null
        CHECK (export_jobs.is_without_null(encryption_keys))
        CONSTRAINT job_has_at_most_20_keys CHECK (cardinality(encryption_keys) <= 20),
    ADD COLUMN sign_connection text CONSTRAINT job_sign_connection_is_an_id
        CHECK (sign_connection ~ '^[A-Za-z0-9_.-]{1,200}$'),
    ADD COLUMN armour boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT job_signs_what_it_encrypts
        CHECK (cardinality(encryption_keys) > 0 OR (sign_connection IS NULL AND NOT armour));

-- An array has no foreign key: the rows are locked, so that none of them is deleted at the same moment.
CREATE FUNCTION export_jobs.guard_job_keys() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE unknown text;
BEGIN
    PERFORM export_jobs.require_table(TG_RELID, 'job');
    PERFORM FROM export_jobs.key k WHERE k.tag = ANY (NEW.encryption_keys) ORDER BY k.tag FOR SHARE;
    SELECT string_agg(wanted.tag, ', ') INTO unknown FROM unnest(NEW.encryption_keys) AS wanted (tag)
    WHERE NOT EXISTS (SELECT FROM export_jobs.key k WHERE k.tag = wanted.tag);
    IF unknown IS NOT NULL THEN
        PERFORM export_jobs.refuse(
            format('Job "%s": there is no key %s.', NEW.name, unknown), 'Save the receiver''s public key first.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER job_keys_are_known BEFORE INSERT OR UPDATE OF encryption_keys ON export_jobs.job
    FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_job_keys();

-- A key where there is something to say only: definitions of jobs that exist stay as they are.
CREATE FUNCTION export_jobs.encryption_option(j export_jobs.job) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN cardinality(j.encryption_keys) = 0 THEN '{}' ELSE jsonb_build_object(
        'encryption', jsonb_strip_nulls(jsonb_build_object(
            'keys', to_jsonb(j.encryption_keys), 'sign', j.sign_connection, 'armour', j.armour))) END
$$;

-- As in 0007, with the encryption of the file.
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
        'file', export_jobs.file_options(j) || export_jobs.encryption_option(j),
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
