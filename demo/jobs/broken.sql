-- A row written in SQL that breaks no constraint of the table but is invalid: its template names a KPI that is not in the
-- catalogue. It does not affect other jobs; its Dag has no runs and says what is wrong.
INSERT INTO export_jobs.template (name, kind, description, kpis, dimensions)
VALUES ('margin-by-planet', 'custom', 'Names a KPI and a dimension that do not exist', '{net_margin}', '{planet}')
ON CONFLICT DO NOTHING;

WITH job AS (
    INSERT INTO export_jobs.job
        (name, description, owner, destination, recipients, frequency, execute_on, valid_from, valid_until, time_zone)
    SELECT 'broken-margin', 'Deliberately broken', 'data-team@example.com', 'partner-sftp', '{partner@example.com}',
        'monthly', 'last', '1997-01-01', '1997-12-31', 'UTC'
    WHERE NOT EXISTS (SELECT FROM export_jobs.job WHERE name = 'broken-margin')
    RETURNING id
)
INSERT INTO export_jobs.job_template (job_id, position, template)
SELECT id, 1, 'margin-by-planet' FROM job;
