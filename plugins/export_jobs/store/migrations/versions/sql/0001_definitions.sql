-- Definitions: rows that a person can read, and edit where editing is safe. Who writes is told by
-- `SET LOCAL export_jobs.actor`, else it is the database login.
CREATE FUNCTION export_jobs.actor() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('export_jobs.actor', true), ''), session_user::text)
$$;

CREATE TABLE export_jobs.destination (
    tag text PRIMARY KEY CONSTRAINT destination_tag_is_plain CHECK (tag ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$'),
    kind text NOT NULL CONSTRAINT destination_kind_is_known CHECK (kind IN ('sftp', 's3')),
    connection text NOT NULL CONSTRAINT destination_has_a_connection CHECK (connection <> ''),
    folder text NOT NULL,
    description text NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by text NOT NULL DEFAULT export_jobs.actor()
);

CREATE TABLE export_jobs.template (
    name text PRIMARY KEY CONSTRAINT template_name_is_plain CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$'),
    kind text NOT NULL CONSTRAINT template_kind_is_known CHECK (kind IN ('standard', 'custom', 'dimension')),
    description text NOT NULL DEFAULT '',
    fact text CONSTRAINT template_fact_for_standard_only CHECK ((kind = 'standard') = (fact IS NOT NULL)),
    columns text[] NOT NULL DEFAULT '{}',
    kpis text[] NOT NULL DEFAULT '{}' CONSTRAINT template_kpis_for_custom_only
        CHECK ((kind = 'custom') = (cardinality(kpis) > 0)),
    dimensions text[] NOT NULL DEFAULT '{}' CONSTRAINT template_has_at_most_five_dimensions
        CHECK (cardinality(dimensions) <= 5),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT export_jobs.actor()
);

CREATE TABLE export_jobs.job (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CONSTRAINT job_name_is_plain
        CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' AND name !~ '__'),
    dag_id text NOT NULL UNIQUE,
    description text NOT NULL DEFAULT '',
    owner text NOT NULL CONSTRAINT job_owner_is_an_address CHECK (owner ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
    destination text NOT NULL REFERENCES export_jobs.destination (tag),
    recipients text[] NOT NULL DEFAULT '{}',
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
    valid_from date NOT NULL,
    valid_until date NOT NULL,
    deliver_at time NOT NULL DEFAULT '02:00',
    deliver_on date CONSTRAINT job_deliver_on_for_once_only CHECK (
        deliver_on IS NULL OR (frequency = 'once' AND deliver_on > valid_until)),
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
    CONSTRAINT job_validity_is_at_most_a_year CHECK (valid_until < valid_from + interval '1 year')
);
CREATE UNIQUE INDEX job_name_of_live_jobs ON export_jobs.job (lower(name)) WHERE deleted_at IS NULL;

CREATE TABLE export_jobs.job_template (
    job_id bigint NOT NULL REFERENCES export_jobs.job (id),
    position integer NOT NULL,
    template text NOT NULL REFERENCES export_jobs.template (name),
    subfolder text NOT NULL DEFAULT '',
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
