-- Object Lock: how objects are kept from being removed or changed, and for how many days from their delivery on.
ALTER TABLE export_jobs.destination
    ADD COLUMN object_lock text
        CONSTRAINT destination_object_lock_is_known CHECK (object_lock IN ('governance', 'compliance')),
    ADD COLUMN lock_days integer
        CONSTRAINT destination_lock_days_is_in_range CHECK (lock_days BETWEEN 1 AND 36500),
    ADD CONSTRAINT destination_object_lock_has_days CHECK ((object_lock IS NULL) = (lock_days IS NULL)),
    ADD CONSTRAINT destination_object_lock_is_of_s3 CHECK (object_lock IS NULL OR kind = 's3');
