-- Only what FTP has nothing of stays refused: ranges of a file over several channels, and SSH's algorithms.
ALTER TABLE export_jobs.destination
    DROP CONSTRAINT destination_ftp_renames,
    ADD CONSTRAINT destination_ftp_renames CHECK (kind NOT IN ('ftps', 'ftp')
        OR (parallel, legacy_algorithms) = (1, false)),
    -- Workers put files there and API servers take them from there; it was never a folder of one machine.
    ADD CONSTRAINT destination_download_is_in_a_bucket CHECK (kind <> 'download' OR folder !~ '^\s*([/~.]|file:)');
