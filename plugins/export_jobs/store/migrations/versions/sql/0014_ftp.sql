-- Destinations on FTP servers: with TLS (ftps), or in the clear by consent (ftp).
ALTER TABLE export_jobs.destination
    DROP CONSTRAINT destination_kind_is_known,
    ADD COLUMN plain_ftp boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT destination_kind_is_known CHECK (kind IN ('sftp', 's3', 'ftps', 'ftp')),
    ADD CONSTRAINT destination_plain_ftp_is_consented_to CHECK ((kind = 'ftp') = plain_ftp),
    ADD CONSTRAINT destination_ftp_renames CHECK (kind NOT IN ('ftps', 'ftp')
        OR (publish, replace, parallel, legacy_algorithms) = ('rename', 'refuse', 1, false));
