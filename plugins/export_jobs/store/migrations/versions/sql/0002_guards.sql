-- What a job chooses of its templates is frozen with them: receivers rely on which rows and columns they get.

-- As in 0001, and for filters too. The job is locked, so that of two sessions that give templates or filters to a job
-- without any, the second one waits and is then told.
CREATE OR REPLACE FUNCTION export_jobs.guard_job_template() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE fixed text;
BEGIN
    PERFORM FROM export_jobs.job j WHERE j.id IN (NEW.job_id, OLD.job_id) ORDER BY j.id FOR UPDATE;
    SELECT j.name INTO fixed FROM export_jobs.job j
    JOIN export_jobs.job_version v ON v.job_id = j.id AND v.version = j.version
    WHERE j.id IN (NEW.job_id, OLD.job_id) AND v.definition -> 'templates' <> '[]'
        AND NOT (TG_OP = 'DELETE' AND j.deleted_at IS NOT NULL) LIMIT 1;
    IF fixed IS NOT NULL THEN
        PERFORM export_jobs.refuse(format(
            'Job "%s": its %s cannot change once the job exists, since receivers rely on them. Create a new job '
            'instead (with all of its templates and their filters in one transaction).',
            fixed, CASE TG_TABLE_NAME WHEN 'job_filter' THEN 'filters' ELSE 'templates' END));
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER job_filter_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON export_jobs.job_filter
    FOR EACH ROW EXECUTE FUNCTION export_jobs.guard_job_template();
CREATE TRIGGER truncate_is_refused BEFORE TRUNCATE ON export_jobs.job_filter
    EXECUTE FUNCTION export_jobs.guard_truncate();

-- Filters have no job_version_is_kept of their own: they can only come in the transaction of their template, and its
-- trigger reads them at commit. One more for each filter would make the whole definition anew every time, which takes
-- a minute for a job of twenty large audiences and many filters.
