"""What each constraint of the table of destinations refuses: what is wrong, and what to do next."""

from __future__ import annotations

NAME_REMEDY = "Use letters, digits, - and single _, at most 64"

DESTINATION_MESSAGES: dict[str, tuple[str, str]] = {
    "destination_pkey": ("There is a destination of this tag already", "Change that one, or choose another tag"),
    "destination_tag_is_plain": ("The destination's tag is invalid", NAME_REMEDY),
    "destination_kind_is_known": ("The destination's kind is unknown", "Use sftp, s3, ftps, ftp or download"),
    "destination_plain_ftp_is_consented_to": (
        "Plain FTP sends the password and every file unencrypted, and the destination does not consent to it, or "
        "is of another kind",
        "Use the kind ftps, or set plain_ftp for the kind ftp",
    ),
    "destination_ftp_renames": (
        "The destination has an option that is not for FTP",
        "Leave parallel and legacy_algorithms at their defaults",
    ),
    "destination_keep_days_is_in_range": (
        "The destination's keep days is not between 1 and 366",
        "Give a number such as 14",
    ),
    "destination_download_is_kept_for_days": (
        "A destination for download must say for how many days it keeps files, and no other kind may",
        "Give or remove keep_days, or choose another kind",
    ),
    "destination_download_is_of_ours": (
        "The destination's acl gives others access to files for download",
        "Leave acl empty",
    ),
    "destination_download_is_in_a_bucket": (
        "The destination's folder is a local folder, but downloads are kept in a bucket",
        "Write bucket/prefix",
    ),
    "destination_has_a_connection": ("The destination names no connection", "Give the id of an Airflow connection"),
    "destination_connection_is_an_id": (
        "The destination's connection is not the id of an Airflow connection",
        "Write the connection's id; its host and secrets stay in Airflow",
    ),
    "destination_publish_is_known": ("The destination's publish is unknown", "Use rename or direct"),
    "destination_replace_is_known": ("The destination's replace is unknown", "Use refuse or remove_then_rename"),
    "destination_foreign_file_is_known": (
        "The destination's foreign file is unknown",
        "Use refuse, replace or keep_both",
    ),
    "destination_probe_is_known": ("The destination's probe is unknown", "Use write or login_only"),
    "destination_probe_folder_is_not_empty": ("The destination's probe folder is empty", "Give a path, or no value"),
    "destination_probe_folder_is_used": (
        "The destination has a probe folder, but a probe that only logs in writes nothing there",
        "Remove one of the two",
    ),
    "destination_verify_is_known": ("The destination's verify is unknown", "Use size, read_back or none"),
    "destination_temporary_name_tells_attempts_apart": (
        "The destination's temporary name does not contain {attempt} and one of {name} and {stem}, or it has a folder",
        "Use a pattern such as .{name}.{attempt}.part",
    ),
    "destination_parallel_is_in_range": ("The destination's parallel is not between 1 and 8", "Use 1 for no ranges"),
    "destination_max_logins_is_in_range": (
        "The destination's max logins is not between 1 and 100",
        "Leave it empty for no limit",
    ),
    "destination_acl_is_known": (
        "The destination's acl is unknown",
        "Use private, bucket-owner-read or bucket-owner-full-control",
    ),
    "destination_encryption_is_known": (
        "The destination's encryption is unknown",
        "Use AES256, aws:kms or aws:kms:dsse",
    ),
    "destination_kms_key_is_one": ("The destination's kms key is not an id, alias or ARN of a key", "Copy it from KMS"),
    "destination_kms_key_goes_with_kms": (
        "The destination has a kms key or bucket key without encryption by KMS",
        "Set encryption to aws:kms, or remove them",
    ),
    "destination_storage_class_is_one": (
        "The destination's storage class is not one of S3's",
        "Use one such as STANDARD_IA",
    ),
    "destination_tags_are_texts": (
        "The destination's tags are not a mapping of keys to texts",
        'Use such as {"team": "exports"}',
    ),
    "destination_object_lock_is_known": ("The destination's object lock is unknown", "Use governance or compliance"),
    "destination_lock_days_is_in_range": (
        "The destination's lock days is not between 1 and 36500",
        "Give a number such as 30",
    ),
    "destination_object_lock_has_days": (
        "The destination's object lock and lock days belong together",
        "Give both of them, or none",
    ),
    "destination_object_lock_is_of_s3": ("The destination's object lock is for S3 only", "Empty it, or choose s3"),
    "destination_host_keys_are_fingerprints": (
        "The destination's host keys are not fingerprints, or more than 8",
        "Write each as SHA256:… with 43 characters, as `ssh-keygen -lf` prints it",
    ),
    "destination_host_keys_are_of_sftp": (
        "The destination's host keys are for SFTP only",
        "Empty them, or choose sftp",
    ),
    "destination_s3_publishes_whole_objects": (
        "The destination has an option of SFTP servers and is of the kind s3 or download",
        "Leave publish, replace, temporary_name, parallel, max_logins and legacy_algorithms at their defaults",
    ),
    "destination_s3_options_for_s3_only": (
        "The destination has an option of S3 and is of another kind",
        "Empty acl, encryption, kms_key, bucket_key, storage_class and tags",
    ),
    "destination_direct_has_no_temporary_name": (
        "The destination publishes directly, so it has no temporary name, no replace and no parallel ranges",
        "Leave these at their defaults",
    ),
}
