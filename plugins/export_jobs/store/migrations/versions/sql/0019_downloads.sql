-- Destinations of the kind download: a bucket of ours, from which people take the files for some days.
ALTER TABLE export_jobs.destination
    DROP CONSTRAINT destination_kind_is_known,
    DROP CONSTRAINT destination_s3_publishes_whole_objects,
    DROP CONSTRAINT destination_s3_options_for_s3_only,
    ADD COLUMN keep_days integer
        CONSTRAINT destination_keep_days_is_in_range CHECK (keep_days BETWEEN 1 AND 366),
    ADD CONSTRAINT destination_kind_is_known CHECK (kind IN ('sftp', 's3', 'ftps', 'ftp', 'download')),
    ADD CONSTRAINT destination_download_is_kept_for_days CHECK ((kind = 'download') = (keep_days IS NOT NULL)),
    ADD CONSTRAINT destination_s3_publishes_whole_objects CHECK (kind NOT IN ('s3', 'download') OR (publish, replace,
        temporary_name, parallel, max_logins IS NULL, legacy_algorithms)
        = ('rename', 'refuse', '.{name}.{attempt}.part', 1, true, false)),
    ADD CONSTRAINT destination_s3_options_for_s3_only CHECK (kind IN ('s3', 'download') OR (acl IS NULL
        AND encryption IS NULL AND kms_key IS NULL AND NOT bucket_key AND storage_class IS NULL AND tags = '{}')),
    ADD CONSTRAINT destination_download_is_of_ours CHECK (kind <> 'download' OR acl IS NULL OR acl = 'private');
