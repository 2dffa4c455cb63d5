-- The same rule as core/base/address.py: one plain mailbox, of characters that mean nothing in a header.
CREATE FUNCTION export_jobs.is_mailbox(address text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT length(address) <= 254 AND address ~ (
        '^(?=[^@]{1,64}@)[A-Za-z0-9_+&=~#''-]+([.][A-Za-z0-9_+&=~#''-]+)*'
        '@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$')
$$;
CREATE FUNCTION export_jobs.are_mailboxes(list text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(bool_and(export_jobs.is_mailbox(address)), true) FROM unnest(list) AS address
$$;

-- Rows that exist may break it: they stay, and validation shows them red with the reason. They can be deleted as they
-- are; whatever else is changed of them asks for a plain address.
ALTER TABLE export_jobs.job
    DROP CONSTRAINT job_owner_is_an_address,
    ADD CONSTRAINT job_owner_is_an_address
        CHECK (deleted_at IS NOT NULL OR export_jobs.is_mailbox(owner)) NOT VALID,
    ADD CONSTRAINT job_recipients_are_addresses
        CHECK (deleted_at IS NOT NULL OR export_jobs.are_mailboxes(recipients)) NOT VALID;
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM export_jobs.job WHERE deleted_at IS NULL
        AND NOT (export_jobs.is_mailbox(owner) AND export_jobs.are_mailboxes(recipients))) THEN
        ALTER TABLE export_jobs.job VALIDATE CONSTRAINT job_owner_is_an_address;
        ALTER TABLE export_jobs.job VALIDATE CONSTRAINT job_recipients_are_addresses;
    END IF;
END $$;
