-- What the manifest says of the columns of a file stays with its delivery, so that two of them can be compared. Without
-- numbers the row's hash in the chain is what it was.
ALTER TABLE export_jobs.delivery
    ADD COLUMN column_numbers jsonb
        CONSTRAINT delivery_column_numbers_are_a_list CHECK (jsonb_typeof(column_numbers) = 'array')
        CONSTRAINT delivery_column_numbers_are_few CHECK (octet_length(column_numbers::text) <= 400000);
