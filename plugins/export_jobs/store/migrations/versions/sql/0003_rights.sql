-- What every upgrade does for the functions that are there (store/database/roles.py), at once for those that come later.
-- Not IN SCHEMA: PostgreSQL takes what it gives to PUBLIC by default away for all schemas or for none.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
