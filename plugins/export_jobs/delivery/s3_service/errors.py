"""Turn an error of boto3 or the service into a message and a retry rule, without the exception's own text."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from export_jobs.errors import ExportError, TerminalError, TransientError

log = logging.getLogger(__name__)


class UnexpectedAnswerError(BotoCoreError):  # type: ignore[misc]  # botocore has no types
    """An answer of 200 that S3 does not give to this request, such as the page of a proxy."""

    fmt = "the answer is not S3's"


_CHECKSUM_REMEDY = (
    'Put "config_kwargs": {"request_checksum_calculation": "when_required"} into the extra of the Airflow connection: '
    "many services other than Amazon's do not support the checksums that boto3 adds"
)
_TERMINAL_MESSAGES = {
    "NoSuchBucket": (
        "The bucket {bucket} does not exist",
        "Create it, or correct the bucket of the destination",
    ),
    "InvalidAccessKeyId": (
        "The access key for bucket {bucket} is unknown to the service",
        "Correct the access key in the Airflow connection; it may have been removed",
    ),
    "SignatureDoesNotMatch": (
        "The secret key for bucket {bucket} does not match its access key",
        "Correct the secret key in the Airflow connection",
    ),
    "ExpiredToken": (
        "The session token for bucket {bucket} has expired",
        "Renew the credentials in the Airflow connection, or let it use a role, which renews itself",
    ),
    "InvalidToken": (
        "The session token for bucket {bucket} is invalid",
        "Correct it in the Airflow connection, or remove it when the access key needs none",
    ),
    "RequestTimeTooSkewed": (
        "The clock of this worker differs too much from the service's, so requests for bucket {bucket} are refused",
        "Set the worker's clock (NTP)",
    ),
    "AccessDenied": (
        "The credentials have no permission for {doing} in bucket {bucket}",
        "Allow s3:PutObject, s3:GetObject, s3:DeleteObject, s3:AbortMultipartUpload and "
        "s3:ListBucketMultipartUploads on the bucket and on the prefix",
    ),
    "PermanentRedirect": (
        "The bucket {bucket} is in another region or at another endpoint",
        "Set region_name or endpoint_url in the extra of the Airflow connection",
    ),
    "QuotaExceeded": (
        "There is no space left in bucket {bucket} for {doing}. Nothing was published",
        "Ask the bucket's owner to free space, then rerun",
    ),
    "NotImplemented": (
        "The service of bucket {bucket} does not support a part of the request for {doing} (501). It is not retried",
        _CHECKSUM_REMEDY,
    ),
    "MissingContentLength": (
        "The service of bucket {bucket} requires the length in advance for {doing} (411). It is not retried",
        _CHECKSUM_REMEDY,
    ),
    "XAmzContentSHA256Mismatch": (
        "The service of bucket {bucket} cannot verify the signature of the request for {doing}. It is not retried",
        _CHECKSUM_REMEDY,
    ),
    "AccessControlListNotSupported": (
        "The bucket {bucket} accepts no ACL for {doing}: everything in it belongs to its owner",
        "Remove `acl` from the destination",
    ),
    "InvalidStorageClass": (
        "The service of bucket {bucket} does not know the storage class that is requested for {doing}",
        "Correct `storage_class` at the destination, or remove it",
    ),
    "KMS.DisabledException": (
        "The KMS key of bucket {bucket} cannot be used for {doing}: it is disabled, pending deletion or missing",
        "Ask the key's owner, or correct `kms_key` at the destination",
    ),
    "InvalidObjectState": (
        "An object in bucket {bucket} is archived, so {doing} is not possible. It was left unchanged, and nothing "
        "was published",
        "Ask the bucket's owner to restore it or to move it away; or give the job another name or sub-folder",
    ),
    "407": (
        "A proxy in front of bucket {bucket} requires a login, so {doing} is not possible",
        "Put the proxy with its login into `proxies` of config_kwargs in the extra of the Airflow connection",
    ),
    "MethodNotAllowed": (
        "The service refuses {doing} in bucket {bucket}: it is locked or read-only",
        "Ask the bucket's owner",
    ),
}
"""By error code: what happened, and what to do next."""

_CODE_ALIASES = {
    "501": "NotImplemented",
    "411": "MissingContentLength",
    "LengthRequired": "MissingContentLength",
    "403": "AccessDenied",
    "Forbidden": "AccessDenied",
    "AllAccessDisabled": "AccessDenied",
    "301": "PermanentRedirect",
    "AuthorizationHeaderMalformed": "PermanentRedirect",
    "IllegalLocationConstraintException": "PermanentRedirect",
    "TemporaryRedirect": "PermanentRedirect",
    "307": "PermanentRedirect",
    "TokenRefreshRequired": "ExpiredToken",
    "XMinioStorageFull": "QuotaExceeded",
    "XMinioAdminBucketQuotaExceeded": "QuotaExceeded",
    "EntityTooLarge": "QuotaExceeded",
    "KMS.NotFoundException": "KMS.DisabledException",
    "KMS.KMSInvalidStateException": "KMS.DisabledException",
    "KMS.InvalidStateException": "KMS.DisabledException",
    "KMS.InvalidKeyUsageException": "KMS.DisabledException",
}
_BUSY = {
    *("SlowDown", "Throttling", "ThrottlingException", "KMS.ThrottlingException", "RequestLimitExceeded"),
    *("BandwidthLimitExceeded", "RequestTimeout", "InternalError", "ServiceUnavailable"),
}
_ALTERED = {"BadDigest", "IncompleteBody"}
"""The data was truncated or changed in transit."""
_CONFLICTS = {"ConditionalRequestConflict", "OperationAborted"}


def error_code(error: BaseException) -> str:
    """Return the service's error code, or "" if the request got no answer."""
    return str(error.response.get("Error", {}).get("Code") or "") if isinstance(error, ClientError) else ""


@contextmanager
def translate_s3_errors(doing: str, bucket: str, endpoint: str) -> Iterator[None]:
    """Turn boto3's exceptions inside the block into ``TerminalError`` or ``TransientError``."""
    try:
        yield
    except ClientError as error:
        raise _response_error(error, doing, bucket) from None
    except (UnexpectedAnswerError, ResponseParserError, ValueError) as error:
        # boto3 raises a ValueError for a time that it cannot read. Its text may repeat a header with a secret.
        log.info("%s while %s", type(error).__name__, doing)
        raise _unexpected_answer_error(doing, bucket, endpoint) from None
    except BotoCoreError as error:
        raise _no_response_error(error, doing, bucket, endpoint) from None
    except RecursionError:
        raise _redirected_error(bucket) from None
    except (FileNotFoundError, PermissionError):  # boto3 reads the token of a role when it first needs it
        raise TerminalError(
            f"A file with the credentials for bucket {bucket} cannot be read on this worker",
            "Put it there, or correct the extra of the Airflow connection",
        ) from None


def _code_of_status(status: int) -> str:
    """Return the code for services that answer with only a status, or with their own code."""
    if 300 <= status < 400:
        return "PermanentRedirect"
    return _CODE_ALIASES.get(str(status), str(status)) if status in {407, 411, 501} else ""


def _response_error(error: ClientError, doing: str, bucket: str) -> ExportError:
    code = error_code(error)
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    message = _TERMINAL_MESSAGES.get(_CODE_ALIASES.get(code, code)) or _TERMINAL_MESSAGES.get(_code_of_status(status))
    if message is not None:
        what, remedy = message
        return TerminalError(what.format(doing=doing, bucket=bucket), remedy)
    if code in _BUSY or status >= 500 or status == 429:
        return TransientError(
            f"The service of bucket {bucket} was too busy for {doing} ({code or status})",
            "It is retried automatically; if this continues, ask the service's owner about the request rate",
        )
    if code in _ALTERED:
        return TransientError(
            f"The service of bucket {bucket} received other bytes than were sent for {doing} ({code})",
            "It is retried automatically; if this continues, look for a proxy or firewall that alters or cuts the data",
        )
    if code in _CONFLICTS:
        return TransientError(
            f"Another request for the same object conflicted with {doing} in bucket {bucket}. Nothing was published",
            "It is retried automatically",
        )
    if code in {"NoSuchUpload", "InvalidPart"}:
        return TransientError(
            f"The unfinished upload for {doing} has vanished from bucket {bucket}; a newer attempt at the same file "
            "has probably aborted it. This attempt published nothing",
            "It is retried automatically",
        )
    return TerminalError(
        f"The service of bucket {bucket} refused {doing} with {code or status}",
        "Look up this code in the service's manual, then correct the destination or its connection",
    )


def _no_response_error(error: BotoCoreError, doing: str, bucket: str, endpoint: str) -> ExportError:
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return TerminalError(
            f"There are no complete credentials for bucket {bucket}",
            "Fill in access key and secret key in the Airflow connection, or run the worker under a role",
        )
    if isinstance(error, SSLError) and _is_certificate_fault(error):
        return TerminalError(
            f"The certificate of {endpoint} is not trusted: expired, self-signed or for another name. Nothing was sent",
            "Ask the server's owner to renew its certificate, or configure its authority (`verify` in the extra of the "
            "Airflow connection)",
        )
    if isinstance(error, SSLError) and _caused_by(error, FileNotFoundError, PermissionError):
        return TerminalError(
            f"The file of trusted authorities for {endpoint}, which the Airflow connection of bucket {bucket} names, "
            "cannot be read on this worker",
            "Put it there, or correct `verify` in the extra of the connection",
        )
    if _caused_by(error, RecursionError):
        return _redirected_error(bucket)
    if isinstance(error, ParamValidationError):
        return TerminalError(
            f"The bucket name {bucket!r} or the prefix is invalid for {doing}", "Correct the destination"
        )
    return TransientError(
        f"The endpoint {endpoint} of bucket {bucket} cannot be reached, or the connection was lost, for {doing} "
        f"({type(error).__name__})",
        "It is retried automatically; if this continues, check endpoint_url, DNS and firewall",
    )


def _unexpected_answer_error(doing: str, bucket: str, endpoint: str) -> TransientError:
    return TransientError(
        f"The endpoint {endpoint} of bucket {bucket} answered {doing} with something that is not an answer of S3",
        "It is retried automatically; if this continues, check endpoint_url, and whether a proxy answers with its own "
        "page",
    )


def _redirected_error(bucket: str) -> TerminalError:
    """Return the error for a circle of redirects: boto3 follows each one until Python's stack is full."""
    what, remedy = _TERMINAL_MESSAGES["PermanentRedirect"]
    return TerminalError(what.format(bucket=bucket), remedy)


def _is_certificate_fault(error: BaseException) -> bool:
    return any(
        isinstance(seen, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(seen)
        for seen in _chain(error)
    )


def _caused_by(error: BaseException, *kinds: type[BaseException]) -> bool:
    return any(isinstance(seen, kinds) for seen in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
