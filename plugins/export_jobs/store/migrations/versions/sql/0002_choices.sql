-- What a job chooses of each template. Empty means: all of it, as it is.
ALTER TABLE export_jobs.job_template
    ADD COLUMN columns text[] NOT NULL DEFAULT '{}',
    -- One for each column; '' keeps the column's own.
    ADD COLUMN headings text[] NOT NULL DEFAULT '{}',
    ADD COLUMN order_by text[] NOT NULL DEFAULT '{}',
    ADD COLUMN audience text[] NOT NULL DEFAULT '{}' CONSTRAINT job_template_audience_has_at_most_10000_customers
        CHECK (cardinality(audience) <= 10000),
    ADD CONSTRAINT job_template_has_a_heading_for_each_column CHECK (cardinality(headings) = cardinality(columns)),
    ADD CONSTRAINT job_template_lists_hold_no_null
        CHECK (export_jobs.is_without_null(columns || headings || order_by || audience));

-- Rows that a file keeps; all filters of a template must hold. The operators are those of core/definitions/filter.py.
CREATE TABLE export_jobs.job_filter (
    job_id bigint NOT NULL,
    template text NOT NULL,
    position integer NOT NULL,
    column_name text NOT NULL,
    operator text NOT NULL CONSTRAINT job_filter_operator_is_known CHECK (operator IN (
        'equals', 'not_equals', 'in', 'not_in', 'between', 'less_than', 'at_most', 'greater_than', 'at_least',
        'starts_with', 'contains', 'is_null', 'is_not_null')),
    filter_values text[] NOT NULL DEFAULT '{}'
        CONSTRAINT job_filter_values_hold_no_null CHECK (export_jobs.is_without_null(filter_values))
        CONSTRAINT job_filter_has_at_most_10000_values CHECK (cardinality(filter_values) <= 10000),
    PRIMARY KEY (job_id, template, position),
    -- Deferred, so that within one transaction a filter may be typed before its template.
    CONSTRAINT job_filter_is_of_a_template_of_its_job FOREIGN KEY (job_id, template)
        REFERENCES export_jobs.job_template (job_id, template) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

-- What a job chooses of one template, in the words of the YAML; what is empty has no key.
CREATE FUNCTION export_jobs.choices(use export_jobs.job_template) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'columns', (
            SELECT jsonb_agg(CASE heading WHEN '' THEN to_jsonb(name)
                ELSE jsonb_build_object('column', name, 'as', heading) END ORDER BY place)
            FROM unnest(use.columns, use.headings) WITH ORDINALITY AS chosen (name, heading, place)),
        'filters', (
            SELECT jsonb_agg(jsonb_build_object('column', f.column_name, 'op', f.operator,
                'values', to_jsonb(f.filter_values)) ORDER BY f.position)
            FROM export_jobs.job_filter f WHERE f.job_id = use.job_id AND f.template = use.template),
        'audience', nullif(to_jsonb(use.audience), '[]'),
        'order_by', nullif(to_jsonb(use.order_by), '[]')))
$$;

-- As in 0001, and what a job chooses of a template; a key is there only when there is something in it, so that the
-- definitions of the jobs that exist stay what they are.
CREATE OR REPLACE FUNCTION export_jobs.job_definition(job_id bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'job_id', j.id, 'dag_id', j.dag_id, 'name', j.name, 'description', j.description, 'owner', j.owner,
        'destination', j.destination, 'recipients', to_jsonb(j.recipients), 'enabled', j.enabled,
        'schedule', jsonb_build_object(
            'frequency', j.frequency, 'execute_on', j.execute_on, 'from', j.valid_from, 'until', j.valid_until,
            'deliver_at', j.deliver_at, 'deliver_on', j.deliver_on, 'time_zone', j.time_zone,
            'anchor', to_char(j.anchor AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')),
        'file', jsonb_build_object(
            'format', j.format, 'delimiter', j.delimiter, 'quoting', j.quoting, 'header', j.header,
            'null_text', j.null_text, 'bom', j.bom, 'line_ending', j.line_ending,
            'escape_formulas', j.escape_formulas, 'compression', j.compression,
            'empty_result', j.empty_result, 'max_bytes', j.max_bytes),
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
