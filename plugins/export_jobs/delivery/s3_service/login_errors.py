"""Turn a failed login of an AWS connection into a message and a retry rule: profiles, roles, tokens, settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)
from botocore.exceptions import ConnectionError as BotoConnectionError

from export_jobs.delivery.s3_service.errors import error_code
from export_jobs.errors import ExportError, TerminalError, TransientError, UserError

_BUSY = {"Throttling", "ThrottlingException", "RequestLimitExceeded", "ServiceUnavailable", "InternalFailure"}


@contextmanager
def translate_s3_login_errors(connection: str) -> Iterator[None]:
    """Translate all errors that Airflow's hook and boto3 raise while they log in, without their own texts."""
    try:
        yield
    except ClientError as error:
        raise _refusal(error, connection) from None
    except ProfileNotFound:
        raise TerminalError(
            f"The AWS profile of the connection {connection!r} does not exist on this worker",
            "Put it into the worker's AWS configuration, or correct profile_name in the extra of the connection",
        ) from None
    except (NoCredentialsError, PartialCredentialsError):
        raise TerminalError(
            f"There are no complete credentials for the connection {connection!r}",
            "Fill in access key and secret key there, or run the worker under a role",
        ) from None
    except (HTTPClientError, BotoConnectionError) as error:
        raise TransientError(
            f"The login service of the connection {connection!r} cannot be reached ({type(error).__name__})",
            "It is retried automatically; if this continues, check its endpoint, DNS and firewall",
        ) from None
    except OSError as error:
        raise TerminalError(
            f"A file that the connection {connection!r} names cannot be read on this worker ({type(error).__name__})",
            "Put it there, or correct the extra of the connection",
        ) from None
    except (BotoCoreError, NotImplementedError, TypeError, KeyError) as error:
        raise UserError(
            f"The extra of the connection {connection!r} is invalid ({type(error).__name__})",
            "Correct region_name, the settings of the role, and config_kwargs there",
        ) from None
    except ValueError:  # its text, and so its traceback, contains the address with any password in it
        raise UserError(
            f"The connection {connection!r} has an invalid endpoint_url",
            "Correct it in the connection's extra, such as https://s3.example.org",
        ) from None


def _refusal(error: ClientError, connection: str) -> ExportError:
    """Return the error for an answer of STS, or of another service that issues credentials."""
    code = error_code(error)
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in _BUSY or status >= 500 or status == 429:
        return TransientError(
            f"The login service of the connection {connection!r} is too busy ({code or status})",
            "It is retried automatically",
        )
    return TerminalError(
        f"The login service refuses the connection {connection!r} with {code or status}",
        "Correct its keys, or allow them to assume the role of role_arn in the extra",
    )
