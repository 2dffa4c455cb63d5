-- Nobody but the owner runs a function by itself; triggers ask for no such right when they fire. A function looks up
-- names in the system's schema alone, whatever its caller's search_path says.
DO $$
DECLARE made regprocedure;
BEGIN
    FOR made IN SELECT oid FROM pg_proc WHERE pronamespace = 'export_jobs'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', made);
    END LOOP;
END $$;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA export_jobs FROM PUBLIC;
-- Not IN SCHEMA: PostgreSQL takes what it gives to PUBLIC by default away for all schemas or for none.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
