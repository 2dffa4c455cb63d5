"""The S3 client of an AWS connection: the connection's settings for boto3 override those of this module."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from export_jobs import settings
from export_jobs.delivery.connection_extra import refuse_misspelled_fields
from export_jobs.errors import UserError

if TYPE_CHECKING:
    from botocore.config import Config

_AMAZON = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
_ENDPOINT_VARIABLES = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
NOT_USED = {
    "aws_account_id": "role_arn",
    "aws_iam_role": "role_arn",
    "external_id": "assume_role_kwargs",
    "host": "endpoint_url",
    "profile": "profile_name",
    "s3_config_file": "profile_name",
}
"""Fields of older releases, and the fields that replace them."""
AWS_FIELDS = frozenset(
    {
        *("aws_access_key_id", "aws_secret_access_key", "aws_session_token", "session_kwargs"),
        *("region_name", "endpoint_url", "verify", "service_config", "profile_name", "config_kwargs"),
        *("role_arn", "assume_role_method", "assume_role_kwargs", "assume_role_with_saml"),
        "assume_role_with_web_identity_federation",
        "assume_role_with_web_identity_token_file",
        "assume_role_with_web_identity_federation_audience",
        *NOT_USED,
    }
)
"""Every field that Airflow's hook reads, or that has its own refusal."""
_CHECKSUM_VARIABLE = "AWS_REQUEST_CHECKSUM_CALCULATION"


def s3_client(connection_id: str | None) -> Any:
    """Return a boto3 client as Airflow's hook builds it: roles, tokens that renew themselves, profiles, proxies.

    Without a connection it uses the credentials of the machine.

    The connection's ``config_kwargs`` are merged into our timeouts and retries; the hook would use only one of both.
    """
    from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook  # noqa: PLC0415  costs a second

    asked = AwsGenericHook(aws_conn_id=connection_id, client_type="s3").conn_config
    ours = _config(is_amazon=_is_amazon(asked.get_service_endpoint_url("s3")))
    theirs = asked.botocore_config
    config = ours if theirs is None else ours.merge(theirs)
    return AwsGenericHook(aws_conn_id=connection_id, client_type="s3", config=config).get_conn()


def refuse_unused_fields(extra: dict[str, Any], connection_id: str) -> None:
    """Raise ``ExportError`` for a field that Airflow's hook ignores, silently or with a line in its log."""
    refuse_misspelled_fields(extra, AWS_FIELDS, f"The connection {connection_id!r}")
    for name, instead in NOT_USED.items():
        if extra.get(name) and not extra.get(instead):
            raise UserError(
                f"The extra of the connection {connection_id!r} has {name}, which Airflow's AWS hook ignores",
                f"Use {instead} instead",
            )


def _config(*, is_amazon: bool) -> Config:
    from botocore.config import Config  # noqa: PLC0415

    checksums: dict[str, Any] = {}
    if not is_amazon and not os.environ.get(_CHECKSUM_VARIABLE):
        # Over TLS boto3 sends parts in chunks with a trailing checksum; other services answer this with 501 or 411.
        checksums = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}
    return Config(
        connect_timeout=settings.connect_timeout_s(),
        read_timeout=2 * settings.connect_timeout_s(),
        retries={"total_max_attempts": 3, "mode": "standard"},  # after these the task tries again, later
        **checksums,
    )


def _is_amazon(endpoint: str | None) -> bool:
    """Return whether requests go to Amazon's own service: no endpoint is configured, or an endpoint of Amazon."""
    named = endpoint or next((os.environ[name] for name in _ENDPOINT_VARIABLES if os.environ.get(name)), "")
    return not named or (urlsplit(named).hostname or "").endswith(_AMAZON)
