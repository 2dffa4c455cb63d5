-- Definitions: rows that a person can read, and edit where editing is safe. Who writes is told by
-- `SET LOCAL export_jobs.actor`, else it is the database login.
CREATE FUNCTION export_jobs.actor() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('export_jobs.actor', true), ''), session_user::text)
$$;

-- The same rule as core/definitions/names.py: names become parts of file names, which `__` separates.
CREATE FUNCTION export_jobs.is_plain_name(name text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT name ~ '^[A-Za-z0-9]([A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$' AND name !~ '__'
$$;

CREATE FUNCTION export_jobs.is_without_null(list text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT array_position(list, NULL) IS NULL
$$;

-- The same rule as core/validation/rules/schedule.py: of 29 February, a year after is 1 March.
CREATE FUNCTION export_jobs.year_after(day date) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT (day + interval '1 year')::date + CASE WHEN (extract(month FROM day), extract(day FROM day)) = (2, 29)
        THEN 1 ELSE 0 END
$$;

CREATE TABLE export_jobs.destination (
    tag text PRIMARY KEY CONSTRAINT destination_tag_is_plain CHECK (export_jobs.is_plain_name(tag)),
    kind text NOT NULL CONSTRAINT destination_kind_is_known CHECK (kind IN ('sftp', 's3')),
    connection text NOT NULL CONSTRAINT destination_has_a_connection CHECK (connection <> ''),
    folder text NOT NULL,
    description text NOT NULL DEFAULT ''
);

CREATE TABLE export_jobs.template (
    name text PRIMARY KEY CONSTRAINT template_name_is_plain CHECK (export_jobs.is_plain_name(name)),
    kind text NOT NULL CONSTRAINT template_kind_is_known CHECK (kind IN ('standard', 'custom', 'dimension')),
    description text NOT NULL DEFAULT '',
    fact text CONSTRAINT template_fact_for_standard_only CHECK ((kind = 'standard') = (fact IS NOT NULL)),
    columns text[] NOT NULL DEFAULT '{}',
    kpis text[] NOT NULL DEFAULT '{}' CONSTRAINT template_kpis_for_custom_only
        CHECK ((kind = 'custom') = (cardinality(kpis) > 0)),
    dimensions text[] NOT NULL DEFAULT '{}' CONSTRAINT template_has_at_most_five_dimensions
        CHECK (cardinality(dimensions) <= 5),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT export_jobs.actor(),
    CONSTRAINT template_lists_hold_no_null CHECK (export_jobs.is_without_null(columns || kpis || dimensions))
);

CREATE TABLE export_jobs.job (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CONSTRAINT job_name_is_plain CHECK (export_jobs.is_plain_name(name)),
    dag_id text NOT NULL UNIQUE,  -- given by the store, never used twice
    description text NOT NULL DEFAULT '',
    owner text NOT NULL CONSTRAINT job_owner_is_an_address CHECK (owner ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
    destination text NOT NULL REFERENCES export_jobs.destination (tag),
    recipients text[] NOT NULL DEFAULT '{}' CONSTRAINT job_recipients_hold_no_null
        CHECK (export_jobs.is_without_null(recipients)),
    enabled boolean NOT NULL DEFAULT true,
    frequency text NOT NULL CONSTRAINT job_frequency_is_known
        CHECK (frequency IN ('once', 'daily', 'weekly', 'monthly')),
    execute_on text CONSTRAINT job_execute_on_fits_frequency CHECK (
        CASE frequency
            WHEN 'weekly' THEN coalesce(execute_on, '')
                IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')
            WHEN 'monthly' THEN coalesce(execute_on, '') ~ '^([1-9]|[12][0-9]|3[01]|last)$'
            ELSE execute_on IS NULL
        END),
    valid_from date NOT NULL CONSTRAINT job_valid_from_is_plausible
        CHECK (valid_from BETWEEN '1901-01-01' AND '2199-12-31'),
    valid_until date NOT NULL,
    -- PostgreSQL knows 24:00; nobody else does.
    deliver_at time NOT NULL DEFAULT '02:00' CONSTRAINT job_deliver_at_is_before_midnight CHECK (deliver_at < '24:00'),
    deliver_on date CONSTRAINT job_deliver_on_for_once_only CHECK (deliver_on IS NULL OR frequency = 'once')
        CONSTRAINT job_deliver_on_is_plausible CHECK (deliver_on < '2200-01-01'),
    time_zone text NOT NULL DEFAULT 'UTC',
    anchor timestamptz,
    format text NOT NULL DEFAULT 'csv' CONSTRAINT job_format_is_known CHECK (format = 'csv'),
    delimiter text NOT NULL DEFAULT ',' CONSTRAINT job_delimiter_is_one_character CHECK (length(delimiter) = 1),
    quoting text NOT NULL DEFAULT 'minimal' CONSTRAINT job_quoting_is_known CHECK (quoting IN ('minimal', 'all')),
    header boolean NOT NULL DEFAULT true,
    null_text text NOT NULL DEFAULT '',
    bom boolean NOT NULL DEFAULT false,
    line_ending text NOT NULL DEFAULT 'crlf' CONSTRAINT job_line_ending_is_known CHECK (line_ending IN ('lf', 'crlf')),
    escape_formulas boolean NOT NULL DEFAULT false,
    compression text NOT NULL DEFAULT 'zip' CONSTRAINT job_compression_is_known
        CHECK (compression IN ('zip', 'gzip', 'zstd', 'none')),
    empty_result text NOT NULL DEFAULT 'send' CONSTRAINT job_empty_result_is_known
        CHECK (empty_result IN ('send', 'skip', 'fail')),
    max_bytes bigint NOT NULL DEFAULT 21474836480 CONSTRAINT job_max_bytes_is_positive CHECK (max_bytes > 0),
    version integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT export_jobs.actor(),
    deleted_at timestamptz,
    deleted_by text,
    CONSTRAINT job_validity_has_a_day CHECK (valid_from <= valid_until),
    CONSTRAINT job_validity_is_at_most_a_year CHECK (valid_until < export_jobs.year_after(valid_from)),
    CONSTRAINT job_deliver_on_is_after_the_last_day CHECK (deliver_on > valid_until)
);
CREATE INDEX job_name_of_all_jobs ON export_jobs.job (lower(name));
CREATE UNIQUE INDEX job_name_of_live_jobs ON export_jobs.job (lower(name)) WHERE deleted_at IS NULL;

CREATE TABLE export_jobs.job_template (
    job_id bigint NOT NULL REFERENCES export_jobs.job (id),
    position integer NOT NULL,
    template text NOT NULL REFERENCES export_jobs.template (name),
    subfolder text NOT NULL DEFAULT '' CONSTRAINT job_template_subfolder_stays_below
        CHECK (subfolder !~ '(^/|\\|(^|/)[.]{1,2}(/|$))'),
    date_basis text CONSTRAINT job_template_date_basis_is_known CHECK (date_basis IN ('event', 'updated', 'none')),
    PRIMARY KEY (job_id, template),
    UNIQUE (job_id, position)
);

-- Every version of every definition, whole: what a run is bound to, and who changed what when.
CREATE TABLE export_jobs.job_version (
    job_id bigint NOT NULL REFERENCES export_jobs.job (id),
    version integer NOT NULL,
    definition jsonb NOT NULL,
    changed text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT export_jobs.actor(),
    PRIMARY KEY (job_id, version)
);

-- Who created, changed or deleted which destination or template when, with all of its values.
CREATE TABLE export_jobs.definition_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    noun text NOT NULL CONSTRAINT definition_change_noun_is_known CHECK (noun IN ('destination', 'template')),
    name text NOT NULL,
    before jsonb,
    after jsonb,
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by text NOT NULL DEFAULT export_jobs.actor()
);
CREATE INDEX definition_change_of_name ON export_jobs.definition_change (noun, name, id);
