-- What a destination's server can do; the defaults are the safest. An option that makes no sense for a kind of
-- destination, or beside another option, is refused here, too.
ALTER TABLE export_jobs.destination
    ADD COLUMN publish text NOT NULL DEFAULT 'rename'
        CONSTRAINT destination_publish_is_known CHECK (publish IN ('rename', 'direct')),
    ADD COLUMN replace text NOT NULL DEFAULT 'refuse'
        CONSTRAINT destination_replace_is_known CHECK (replace IN ('refuse', 'remove_then_rename')),
    ADD COLUMN foreign_file text NOT NULL DEFAULT 'refuse'
        CONSTRAINT destination_foreign_file_is_known CHECK (foreign_file IN ('refuse', 'replace', 'keep_both')),
    ADD COLUMN probe text NOT NULL DEFAULT 'write'
        CONSTRAINT destination_probe_is_known CHECK (probe IN ('write', 'login_only')),
    ADD COLUMN probe_folder text CONSTRAINT destination_probe_folder_is_not_empty CHECK (trim(probe_folder) <> ''),
    ADD COLUMN verify text NOT NULL DEFAULT 'size'
        CONSTRAINT destination_verify_is_known CHECK (verify IN ('size', 'read_back', 'none')),
    ADD COLUMN temporary_name text NOT NULL DEFAULT '.{name}.{attempt}.part'
        CONSTRAINT destination_temporary_name_tells_attempts_apart CHECK (
            temporary_name LIKE '%{attempt}%'
            AND (temporary_name LIKE '%{name}%' OR temporary_name LIKE '%{stem}%')
            AND temporary_name !~ '/'),
    ADD COLUMN parallel integer NOT NULL DEFAULT 1
        CONSTRAINT destination_parallel_is_in_range CHECK (parallel BETWEEN 1 AND 8),
    ADD COLUMN max_logins integer CONSTRAINT destination_max_logins_is_in_range CHECK (max_logins BETWEEN 1 AND 100),
    ADD COLUMN legacy_algorithms boolean NOT NULL DEFAULT false,
    ADD COLUMN acl text CONSTRAINT destination_acl_is_known
        CHECK (acl IN ('private', 'bucket-owner-read', 'bucket-owner-full-control')),
    ADD COLUMN encryption text CONSTRAINT destination_encryption_is_known
        CHECK (encryption IN ('AES256', 'aws:kms', 'aws:kms:dsse')),
    ADD COLUMN kms_key text CONSTRAINT destination_kms_key_is_one CHECK (kms_key ~ '^[A-Za-z0-9_:/-]+$' AND length(kms_key) <= 300),
    ADD COLUMN bucket_key boolean NOT NULL DEFAULT false,
    ADD COLUMN storage_class text CONSTRAINT destination_storage_class_is_one CHECK (storage_class ~ '^[A-Z0-9_-]{1,40}$'),
    -- A mapping of keys to texts, such as {"team": "exports"}.
    ADD COLUMN tags jsonb NOT NULL DEFAULT '{}' CONSTRAINT destination_tags_are_texts CHECK (
        jsonb_typeof(tags) = 'object' AND NOT jsonb_path_exists(tags, '$.* ? (@.type() != "string")')),
    ADD CONSTRAINT destination_s3_publishes_whole_objects CHECK (kind <> 's3' OR (publish, replace, temporary_name,
        parallel, max_logins IS NULL, legacy_algorithms)
        = ('rename', 'refuse', '.{name}.{attempt}.part', 1, true, false)),
    ADD CONSTRAINT destination_s3_options_for_s3_only CHECK (kind = 's3' OR (acl IS NULL AND encryption IS NULL
        AND kms_key IS NULL AND NOT bucket_key AND storage_class IS NULL AND tags = '{}')),
    ADD CONSTRAINT destination_direct_has_no_temporary_name CHECK (publish = 'rename'
        OR (replace, temporary_name, parallel) = ('refuse', '.{name}.{attempt}.part', 1)),
    ADD CONSTRAINT destination_probe_folder_is_used CHECK (probe = 'write' OR probe_folder IS NULL),
    ADD CONSTRAINT destination_kms_key_goes_with_kms CHECK (coalesce(encryption, '') LIKE 'aws:kms%'
        OR (kms_key IS NULL AND NOT bucket_key));

-- How far the server let a delivered file be verified. Empty: delivered before this was kept.
ALTER TABLE export_jobs.delivery
    ADD COLUMN verification text CONSTRAINT delivery_verification_is_known
        CHECK (verification IN ('size', 'read back', 'not verified'));

-- What the server says that the size is, where that is another number than the bytes that were sent.
ALTER TABLE export_jobs.placement ADD COLUMN reported_bytes bigint;
