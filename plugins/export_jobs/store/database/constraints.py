"""What each constraint of the store refuses: what is wrong, and what to do next. A test finds missing texts."""

from __future__ import annotations

from export_jobs.core.definitions.filter import Operator
from export_jobs.store.database.destination_constraints import DESTINATION_MESSAGES, NAME_REMEDY

_RETRY_REMEDY = "Load the page or the list again; if it is not there, try again"
_RESTORE_REMEDY = "Restore the store from a backup"
_PATTERN_REMEDY = (
    "Use letters, digits and fields in braces, such as {job}_{window_start:%Y%m%d}, at most 200 characters"
)
_CLOCK_WORDS = "%Y %y %m %d %H %M %S %L %f"
_ADDRESS_REMEDY = "Write it as name@example.org, without a display name"

_KEYS = {
    "key_pkey": ("There is a key of this tag already", "Renew that one, or choose another tag"),
    "key_tag_is_plain": ("The key's tag is invalid", NAME_REMEDY),
    "key_text_is_a_public_key": (
        "The key's text is not an OpenPGP public key in ASCII armour",
        "Export it with `gpg --armor --export <name>`",
    ),
    "key_text_holds_no_private_key": ("The key's text contains a private key", "Give only the public key"),
    "key_fingerprint_is_one": ("The key's fingerprint is not 40 or 64 hexadecimal digits", "Copy it from gpg"),
    "key_creation_is_plausible": ("The day on which the key was created is implausible", "Copy it from gpg"),
    "key_expiry_is_plausible": (
        "The day on which the key expires is implausible",
        "Copy it from gpg, or leave it empty",
    ),
}
_TEMPLATES = {
    "template_pkey": ("There is a template of this name already", "Choose another; templates are never edited"),
    "template_name_is_plain": ("The template's name is invalid", NAME_REMEDY),
    "template_kind_is_known": ("The template's kind is unknown", "Use standard, custom or dimension"),
    "template_fact_for_standard_only": (
        "A standard template must name a fact, and no other kind may",
        "Give or remove the fact, or choose another kind",
    ),
    "template_kpis_for_custom_only": (
        "A custom template must name KPIs, and no other kind may",
        "Give or remove the KPIs, or choose another kind",
    ),
    "template_has_at_most_five_dimensions": ("A template has at most five dimensions", "Leave some out"),
    "template_lists_hold_no_null": ("A list of the template has an entry without a value", "Remove the entry"),
}
_JOBS = {
    "job_pkey": ("There is a job of this id already", "Leave the id out; the store gives it"),
    "job_dag_id_key": ("Another job of this name was saved at the same moment", _RETRY_REMEDY),
    "job_name_of_live_jobs": (
        "There is a job of this name already (names that differ in capitals only are the same)",
        "Choose another",
    ),
    "job_name_is_plain": ("The job's name is invalid", NAME_REMEDY),
    "job_owner_is_an_address": ("The owner is not a plain mail address", _ADDRESS_REMEDY),
    "job_recipients_are_addresses": ("A recipient is not a plain mail address", _ADDRESS_REMEDY),
    "job_recipients_hold_no_null": ("A recipient has no value", "Remove the entry"),
    "job_destination_fkey": ("There is no destination of this tag", "Create it first"),
    "job_has_one_destination_or_several": (
        "The job has no destination, or both a destination and destinations",
        "Give the tag of one as destination, or those of several as destinations",
    ),
    "job_sends_each_of_several_a_manifest": (
        "The job has several destinations but sends no manifest, which shows which of them has all files",
        "Leave manifest at beside",
    ),
    "job_destinations_are_two_to_ten": (
        "The number of destinations is not between two and ten",
        "Write a single one as destination; split more than ten over several jobs",
    ),
    "job_destinations_hold_no_null": ("A destination of the job has no value", "Remove the entry"),
    "job_frequency_is_known": ("The frequency is unknown", "Use once, daily, weekly, monthly or quarterly"),
    "job_execute_on_fits_frequency": (
        "Execute-on does not fit the frequency",
        "Give a weekday for weekly, 1 to 31 or `last` for monthly, and nothing for the others",
    ),
    "job_deliver_after_days_is_plausible": (
        "The days from the last day of data to the delivery are implausible",
        "Use 1, which is the day after, to 92",
    ),
    "job_has_one_day_of_delivery": (
        "The job has both a day of delivery and a number of days after its data",
        "Leave deliver_after_days at 1, or remove deliver_on",
    ),
    "job_valid_from_is_plausible": ("The first day is implausible", "Choose one between 1901 and 2199"),
    "job_validity_is_at_most_a_year": ("The validity is longer than a year", "Choose at most one year"),
    "job_validity_has_a_day": (
        "The validity ends before it begins",
        "Choose an `until` that is not before `from`",
    ),
    "job_deliver_at_is_before_midnight": ("24:00 is not a time of delivery", "Use 00:00 to 23:59"),
    "job_deliver_on_for_once_only": (
        "Only a once job has a day of delivery",
        "Remove it, or choose the frequency once",
    ),
    "job_deliver_on_is_plausible": ("The day of delivery is implausible", "Choose one before 2200"),
    "job_deliver_on_is_after_the_last_day": (
        "The day of delivery is not after the last day of data",
        "Choose a later day",
    ),
    "job_format_is_known": ("The file's format is unknown", "Use csv, jsonl, parquet, xlsx or fixed"),
    "job_file_is_packed_once": ("Parquet and Excel files are compressed inside", "Use the compression none"),
    "job_csv_options_for_csv_only": (
        "An option of CSV is set, but the format is not csv",
        "Leave delimiter, quoting and escape_formulas at their defaults",
    ),
    "job_text_options_for_text_only": (
        "An option of text is set, but the format is neither csv nor fixed",
        "Leave header, null_text, bom, line_ending, encoding, line_breaks and all formats of values at their defaults",
    ),
    "job_encoding_is_known": ("The encoding is unknown", "Use utf-8, utf-16, iso-8859-1 or windows-1252"),
    "job_unencodable_is_known": (
        "What to do with a character that the encoding does not have is unknown",
        "Use fail, replace or transliterate",
    ),
    "job_unencodable_of_small_encodings_only": ("The encoding has every character", "Use the unencodable fail"),
    "job_bom_is_of_unicode": ("The encoding has no byte order mark", "Use utf-8 or utf-16, or no bom"),
    "job_line_breaks_is_known": ("What to do with line breaks in cells is unknown", "Use keep or blank"),
    "job_fixed_width_has_rows_of_one_line": (
        "A line break in a cell would end the row of a file of fixed width",
        "Use the line_breaks blank",
    ),
    "job_date_format_is_plain": ("The format of dates is unknown", "Use %Y %y %m %d, such as %d.%m.%Y"),
    "job_timestamp_format_is_plain": ("The format of times is unknown", f"Use {_CLOCK_WORDS}"),
    "job_timestamptz_format_is_plain": ("The format of times is unknown", f"Use {_CLOCK_WORDS} %z %:z"),
    "job_decimal_mark_is_known": ("The decimal mark is unknown", "Use . or ,"),
    "job_thousands_mark_is_known": ("The thousands mark is unknown", "Use , . ' a blank, or nothing"),
    "job_marks_are_two": ("The marks of decimals and thousands are the same", "Choose two"),
    "job_true_and_false_are_two_texts": ("True and false are not two texts", "Give both, or none"),
    "job_delimiter_is_one_character": ("The delimiter is not one character", "Use one, such as a comma"),
    "job_quoting_is_known": ("The quoting is unknown", "Use minimal or all"),
    "job_line_ending_is_known": ("The line ending is unknown", "Use lf or crlf"),
    "job_compression_is_known": ("The compression is unknown", "Use zip, gzip, zstd or none"),
    "job_name_pattern_is_plain": ("The pattern for the names of files is not plain text with fields", _PATTERN_REMEDY),
    "job_done_file_is_plain": ("The name of the done file is not plain text with fields", _PATTERN_REMEDY),
    "job_manifest_is_known": ("Where the manifest goes is unknown", "Use beside or none"),
    "job_manifest_folder_stays_below": (
        "The folder of manifests leads out of the destination's folder",
        "Write it without a leading /, without . and .. and with / between folders",
    ),
    "job_manifest_folder_holds_one": ("There is a folder for a manifest that is not sent", "Leave one of the two out"),
    "job_encryption_keys_hold_no_null": ("A key of the job has no value", "Remove the entry"),
    "job_has_at_most_20_keys": ("A job encrypts to at most 20 keys", "Split it over several jobs"),
    "job_sign_connection_is_an_id": (
        "What the job signs with is not the id of an Airflow connection",
        "Write the connection's id; the private key stays in Airflow",
    ),
    "job_signs_what_it_encrypts": (
        "The job signs or armours files that it does not encrypt",
        "Name the tags of the receivers' keys",
    ),
    "job_split_is_by_rows_or_bytes": ("The parts are cut by rows and by bytes", "Choose one of them"),
    "job_split_rows_are_positive": ("The rows of a part are not positive", "Give a number of rows"),
    "job_split_bytes_are_positive": ("The bytes of a part are not positive", "Give a number of bytes"),
    "job_split_fits_the_format": (
        "The parts do not fit the format",
        "Split by rows what is not CSV or JSON lines in UTF-8; an Excel sheet holds at most 1048575",
    ),
    "job_empty_result_is_known": ("What to do without rows is unknown", "Use send, skip or fail"),
    "job_shape_change_is_known": ("What to do when the source's columns change is unknown", "Use fail or warn"),
    "job_max_bytes_is_positive": ("The largest size of a file is not positive", "Give a number of bytes"),
}
_USES = {
    "job_template_pkey": ("The job names a template twice", "Leave one out"),
    "job_template_job_id_fkey": ("There is no job of this id", "Create the job first"),
    "job_template_template_fkey": ("There is no template of this name", "Create it first"),
    "job_template_job_id_position_key": (
        "Two templates of the job have the same position",
        "Number them from 1, each once",
    ),
    "job_template_subfolder_stays_below": (
        "The subfolder leads out of the destination's folder",
        "Use a path below it, such as daily/sales",
    ),
    "job_template_date_basis_is_known": ("The date basis is unknown", "Use event, updated or none"),
    "job_template_lists_hold_no_null": (
        "A list of what the job chooses of a template has an entry without a value",
        "Remove the entry",
    ),
    "job_template_has_a_heading_for_each_column": (
        "A template has more or fewer headings than columns",
        "Give each column a heading; '' keeps the column's own",
    ),
    "job_template_column_formats_are_known": (
        "A column has an unknown option for its values",
        "Use the keys of the YAML, such as date_format; {} is no option",
    ),
    "job_template_has_a_format_for_each_column_or_none": (
        "A template has more or fewer column formats than columns",
        "Give each column one, {} for no options, or give none at all",
    ),
    "job_template_audience_has_at_most_10000_customers": (
        "An audience has at most 10000 customers",
        "Split it over several jobs, or use a filter",
    ),
    "job_filter_pkey": ("Two filters of a template have the same position", "Number them from 1, each once"),
    "job_filter_operator_is_known": ("The operator of a filter is unknown", f"Use one of {', '.join(Operator)}"),
    "job_filter_values_hold_no_null": ("A filter has a value that is missing", "Remove it, or use is_null"),
    "job_filter_has_at_most_10000_values": ("A filter has at most 10000 values", "Filter by a column that they share"),
    "job_filter_is_of_a_template_of_its_job": (
        "A filter names a template that its job does not use",
        "Correct its name",
    ),
}
_RECORDED_TWICE = "The ledger has this entry already"
_NO_EXECUTION = ("The ledger has no execution of this id", "Open the execution first")
_LEDGER = {
    "job_version_pkey": ("Another change of this job was saved at the same moment", _RETRY_REMEDY),
    "job_version_job_id_fkey": ("There is no job of this id", "Create the job first"),
    "definition_change_pkey": (_RECORDED_TWICE, "Leave the id out; the store gives it"),
    "definition_change_job_id_fkey": ("The store has lost the row of this job", _RESTORE_REMEDY),
    "definition_change_job_for_jobs_only": (
        "A change of a job names its id, and no other change does",
        "Leave changes to the store; it records them",
    ),
    "definition_change_noun_is_known": (
        "A change is of a destination, a template, a key or a job",
        "Leave changes to the store; it records them",
    ),
    "execution_pkey": (_RECORDED_TWICE, "Leave the id out; the store gives it"),
    "execution_dag_id_run_id_key": ("The ledger has an execution of this run already", "Use that one"),
    "execution_job_id_fkey": ("The store has lost the row of this job", _RESTORE_REMEDY),
    "execution_job_id_version_fkey": ("The store has lost this job or this version of it", _RESTORE_REMEDY),
    "execution_window_ends_after_it_starts": ("The window ends before it starts", "Swap its start and end"),
    "execution_event_pkey": (_RECORDED_TWICE, "Leave the id out; the store gives it"),
    "execution_event_execution_id_fkey": _NO_EXECUTION,
    "delivery_pkey": (_RECORDED_TWICE, "Leave the id out; the store gives it"),
    "delivery_execution_id_fkey": _NO_EXECUTION,
    "delivery_destination_fkey": ("There is no destination of this tag", "Create it first"),
    "delivery_verification_is_known": ("The verification is unknown", "Use size, read back or not verified"),
    "delivery_column_numbers_are_a_list": (
        "The numbers of a delivery's columns are not a list",
        "Leave them out; the run records them",
    ),
    "delivery_column_numbers_are_few": (
        "The numbers of a delivery's columns take more than 400,000 bytes",
        "Leave them out; the run records them",
    ),
    "delivery_is_recorded_once": ("The ledger has the delivery of this file already", "There is nothing to do"),
    "delivery_part_is_counted_from_one": ("The number of a part is not positive", "Count the parts from 1"),
    "publication_pkey": (_RECORDED_TWICE, "Leave the id out; the store gives it"),
    "publication_execution_id_fkey": _NO_EXECUTION,
    "publication_execution_id_stage_key": ("The ledger has this manifest already", "There is nothing to do"),
    "notification_pkey": (_RECORDED_TWICE, "Leave the id out; the store gives it"),
    "notification_execution_id_fkey": _NO_EXECUTION,
    "notification_execution_id_kind_key_recipient_key": (
        "The ledger has the mail to this recipient already",
        "There is nothing to do",
    ),
    "notification_kind_is_known": ("The kind of a mail is unknown", "Use success or failure"),
    "notification_state_is_known": ("The state of a mail is unknown", "Use sent or refused"),
    "placement_pkey": (_RECORDED_TWICE, "Leave the id out; the store gives it"),
    "placement_execution_id_fkey": _NO_EXECUTION,
    "placement_destination_fkey": ("There is no destination of this tag", "Create it first"),
    "file_number_pkey": (_RECORDED_TWICE, "Leave the id out; the store gives it"),
    "file_number_execution_id_fkey": _NO_EXECUTION,
    "file_number_is_given_once": ("The ledger has numbers for this file already", "Use those"),
    "file_number_sequence_is_counted_from_one": ("The running number is not positive", "Count the windows from 1"),
    "file_number_revision_is_counted_from_one": ("The revision is not positive", "Count the revisions from 1"),
    "process_pkey": ("This process of the machine is listed already", "Nothing needs to be done"),
    "process_is_of_a_known_kind": (
        "The kind of a process is unknown",
        "Use API server, Dag processor, scheduler or task",
    ),
    "permit_pkey": ("This permit is listed already", "Nothing needs to be done"),
    "permit_ends_after_it_is_taken": ("A permit ends before it is taken", "Give it an end in the future"),
    "process_has_both_or_neither": ("A staging folder is listed without its token", "Give both, or neither"),
    "lease_pkey": ("Another attempt has taken this step at the same moment", "Try again in a moment"),
    "lease_execution_id_fkey": _NO_EXECUTION,
    "alarm_pkey": ("Somebody has been alerted to this already", "There is nothing to do"),
    "chain_head_pkey": ("Two entries have opened the same chain of the ledger", "Try again in a moment"),
    "chain_entry_pkey": (
        "The chain of the ledger has an entry at this place already",
        "Run `export-jobs ledger verify`",
    ),
    "alembic_version_pkc": ("The store has its revision twice", "Run `export-jobs db upgrade` once at a time"),
}
CONSTRAINT_MESSAGES: dict[str, tuple[str, str]] = {
    **DESTINATION_MESSAGES,
    **_KEYS,
    **_TEMPLATES,
    **_JOBS,
    **_USES,
    **_LEDGER,
}
"""What is wrong and what to do next, by constraint or unique index."""
