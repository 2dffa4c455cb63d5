-- Where the manifest of a run goes: beside the files, in a folder of its own, or to nobody. Fixed once the job exists.
ALTER TABLE export_jobs.job
    ADD COLUMN manifest text NOT NULL DEFAULT 'beside'
        CONSTRAINT job_manifest_is_known CHECK (manifest IN ('beside', 'none')),
    ADD COLUMN manifest_folder text NOT NULL DEFAULT '' CONSTRAINT job_manifest_folder_stays_below
        CHECK (manifest_folder !~ '(^/|\\|(^|/)[.]{1,2}(/|$))'),
    ADD CONSTRAINT job_manifest_folder_holds_one CHECK (manifest = 'beside' OR manifest_folder = '');

-- As in 0010, and where the manifest goes.
CREATE OR REPLACE FUNCTION export_jobs.file_options(j export_jobs.job) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'format', j.format, 'delimiter', j.delimiter, 'quoting', j.quoting, 'header', j.header,
        'null_text', j.null_text, 'bom', j.bom, 'line_ending', j.line_ending,
        'escape_formulas', j.escape_formulas, 'compression', j.compression,
        'empty_result', j.empty_result, 'max_bytes', j.max_bytes)
        || CASE j.shape_change WHEN 'fail' THEN '{}' ELSE jsonb_build_object('shape_change', j.shape_change) END
        || jsonb_strip_nulls(jsonb_build_object('name', j.name_pattern, 'done_file', j.done_file,
            'manifest', nullif(j.manifest, 'beside'), 'manifest_folder', nullif(j.manifest_folder, '')))
        || export_jobs.text_options(j)
$$;
