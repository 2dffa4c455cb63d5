-- How text is written: its encoding, and the spelling of values where it is not PostgreSQL's (NULL: as PostgreSQL writes
-- them). Fixed once the job exists, like all that makes its files.
ALTER TABLE export_jobs.job
    ADD COLUMN encoding text NOT NULL DEFAULT 'utf-8' CONSTRAINT job_encoding_is_known
        CHECK (encoding IN ('utf-8', 'utf-16', 'iso-8859-1', 'windows-1252')),
    ADD COLUMN unencodable text NOT NULL DEFAULT 'fail' CONSTRAINT job_unencodable_is_known
        CHECK (unencodable IN ('fail', 'replace', 'transliterate')),
    ADD COLUMN line_breaks text NOT NULL DEFAULT 'keep' CONSTRAINT job_line_breaks_is_known
        CHECK (line_breaks IN ('keep', 'blank')),
    ADD COLUMN date_format text CONSTRAINT job_date_format_is_plain
        CHECK (date_format ~ '^([-./:, _T]|%[Yymd])+$' AND length(date_format) <= 60),
    ADD COLUMN timestamp_format text CONSTRAINT job_timestamp_format_is_plain
        CHECK (timestamp_format ~ '^([-./:, _T]|%[YymdHMSLf])+$' AND length(timestamp_format) <= 60),
    ADD COLUMN timestamptz_format text CONSTRAINT job_timestamptz_format_is_plain
        CHECK (timestamptz_format ~ '^([-./:, _T]|%[YymdHMSLfz]|%:z)+$' AND length(timestamptz_format) <= 60),
    ADD COLUMN decimal_mark text CONSTRAINT job_decimal_mark_is_known CHECK (decimal_mark IN ('.', ',')),
    ADD COLUMN thousands_mark text CONSTRAINT job_thousands_mark_is_known
        CHECK (thousands_mark IN ('', ',', '.', ' ', '''')),
    ADD COLUMN true_text text,
    ADD COLUMN false_text text,
    ADD CONSTRAINT job_true_and_false_are_two_texts CHECK ((true_text IS NULL) = (false_text IS NULL)
        AND (true_text IS NULL OR true_text <> false_text)),
    ADD CONSTRAINT job_marks_are_two CHECK (thousands_mark IS NULL OR thousands_mark <> coalesce(decimal_mark, '.')),
    ADD CONSTRAINT job_unencodable_of_small_encodings_only
        CHECK (unencodable = 'fail' OR encoding IN ('iso-8859-1', 'windows-1252')),
    ADD CONSTRAINT job_bom_is_of_unicode CHECK (NOT bom OR encoding IN ('utf-8', 'utf-16')),
    DROP CONSTRAINT job_format_is_known,
    ADD CONSTRAINT job_format_is_known CHECK (format IN ('csv', 'jsonl', 'parquet', 'xlsx', 'fixed')),
    ADD CONSTRAINT job_fixed_width_has_rows_of_one_line CHECK (format <> 'fixed' OR line_breaks = 'blank'),
    DROP CONSTRAINT job_csv_options_for_csv_only,
    ADD CONSTRAINT job_csv_options_for_csv_only CHECK (format = 'csv' OR (
        delimiter = ',' AND quoting = 'minimal' AND NOT escape_formulas)),
    ADD CONSTRAINT job_text_options_for_text_only CHECK (format IN ('csv', 'fixed') OR (
        header AND null_text = '' AND NOT bom AND line_ending = 'crlf' AND encoding = 'utf-8' AND line_breaks = 'keep'
        AND num_nonnulls(date_format, timestamp_format, timestamptz_format, decimal_mark, thousands_mark, true_text,
            false_text) = 0));

-- What each column says of itself, in the words of the YAML, such as {"decimal_mark": ","}; {} where it says nothing.
CREATE FUNCTION export_jobs.are_column_formats(formats jsonb[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM unnest(formats) AS said
        WHERE said IS NULL OR jsonb_typeof(said) <> 'object' OR said - ARRAY['date_format', 'timestamp_format',
            'timestamptz_format', 'decimal_mark', 'thousands_mark', 'true_text', 'false_text', 'width', 'align'] <> '{}')
$$;
ALTER TABLE export_jobs.job_template
    ADD COLUMN column_formats jsonb[] NOT NULL DEFAULT '{}'
        CONSTRAINT job_template_column_formats_are_known CHECK (export_jobs.are_column_formats(column_formats)),
    ADD CONSTRAINT job_template_has_a_format_for_each_column_or_none
        CHECK (cardinality(column_formats) IN (0, cardinality(columns)));

-- How text is written; what is at its default has no key, so that definitions of jobs that exist stay as they are.
CREATE FUNCTION export_jobs.text_options(j export_jobs.job) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'encoding', nullif(j.encoding, 'utf-8'), 'unencodable', nullif(j.unencodable, 'fail'),
        'line_breaks', nullif(j.line_breaks, 'keep'), 'date_format', j.date_format,
        'timestamp_format', j.timestamp_format, 'timestamptz_format', j.timestamptz_format,
        'decimal_mark', j.decimal_mark, 'thousands_mark', j.thousands_mark,
        'true_text', j.true_text, 'false_text', j.false_text))
$$;

-- As in 0007, and how text is written.
CREATE OR REPLACE FUNCTION export_jobs.file_options(j export_jobs.job) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'format', j.format, 'delimiter', j.delimiter, 'quoting', j.quoting, 'header', j.header,
        'null_text', j.null_text, 'bom', j.bom, 'line_ending', j.line_ending,
        'escape_formulas', j.escape_formulas, 'compression', j.compression,
        'empty_result', j.empty_result, 'max_bytes', j.max_bytes)
        || CASE j.shape_change WHEN 'fail' THEN '{}' ELSE jsonb_build_object('shape_change', j.shape_change) END
        || jsonb_strip_nulls(jsonb_build_object('name', j.name_pattern, 'done_file', j.done_file))
        || export_jobs.text_options(j)
$$;

-- As in 0002, and how the values of a column are written.
CREATE OR REPLACE FUNCTION export_jobs.choices(use export_jobs.job_template) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'columns', (
            SELECT jsonb_agg(CASE WHEN heading = '' AND coalesce(said, '{}') = '{}' THEN to_jsonb(name)
                ELSE jsonb_build_object('column', name, 'as', nullif(heading, '')) || coalesce(said, '{}') END
                ORDER BY place)
            FROM unnest(use.columns, use.headings, use.column_formats) WITH ORDINALITY
                AS chosen (name, heading, said, place)),
        'filters', (
            SELECT jsonb_agg(jsonb_build_object('column', f.column_name, 'op', f.operator,
                'values', to_jsonb(f.filter_values)) ORDER BY f.position)
            FROM export_jobs.job_filter f WHERE f.job_id = use.job_id AND f.template = use.template),
        'audience', nullif(to_jsonb(use.audience), '[]'),
        'order_by', nullif(to_jsonb(use.order_by), '[]')))
$$;
