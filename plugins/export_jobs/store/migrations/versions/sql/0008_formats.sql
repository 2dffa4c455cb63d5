-- Files of other formats than CSV. What says how CSV is written stays at its default for them, and what is compressed
-- inside is not packed once more.
ALTER TABLE export_jobs.job
    DROP CONSTRAINT job_format_is_known,
    ADD CONSTRAINT job_format_is_known CHECK (format IN ('csv', 'jsonl', 'parquet', 'xlsx')),
    ADD CONSTRAINT job_file_is_packed_once CHECK (compression = 'none' OR format NOT IN ('parquet', 'xlsx')),
    ADD CONSTRAINT job_csv_options_for_csv_only CHECK (format = 'csv' OR (
        delimiter = ',' AND quoting = 'minimal' AND header AND null_text = '' AND NOT bom AND line_ending = 'crlf'
        AND NOT escape_formulas));
