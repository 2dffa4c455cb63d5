-- Host keys that somebody has compared and pinned at the destination, beside those that its connection pins.
ALTER TABLE export_jobs.destination
    ADD COLUMN host_keys text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT destination_host_keys_are_fingerprints CHECK (
        cardinality(host_keys) <= 8 AND coalesce(array_ndims(host_keys), 1) = 1
        AND char_length(array_to_string(host_keys, '', '')) = 50 * cardinality(host_keys)
        AND array_to_string(host_keys, ' ', '') ~ '^(SHA256:[A-Za-z0-9+/]{43}( (?=S)|$))*$'),
    ADD CONSTRAINT destination_host_keys_are_of_sftp CHECK (host_keys = '{}' OR kind = 'sftp');
