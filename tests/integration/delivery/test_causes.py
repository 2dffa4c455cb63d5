"""The catalogue of causes: what a server answers -> who can act on it, by the kind of error, and the words for it."""

from __future__ import annotations

import socket
from collections.abc import Callable

import asyncssh
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from export_jobs.delivery.s3_service.errors import translate_s3_errors
from export_jobs.delivery.sftp_server import errors
from export_jobs.delivery.ssh import login_errors
from export_jobs.errors import ExportError, TerminalError, TransientError

WHERE = "sftp.example.com:22"
FOREIGN = "foreign words, secret"

SFTP_ANSWERS: dict[type[asyncssh.SFTPError], tuple[type[ExportError], str]] = {
    asyncssh.SFTPNoSuchFile: (TerminalError, "does not exist on"),
    asyncssh.SFTPNoSuchPath: (TerminalError, "does not exist on"),
    asyncssh.SFTPPermissionDenied: (TerminalError, "denied permission for"),
    asyncssh.SFTPWriteProtect: (TerminalError, "denied permission for"),
    asyncssh.SFTPNoSpaceOnFilesystem: (TerminalError, "no space left on"),
    asyncssh.SFTPQuotaExceeded: (TerminalError, "no space left on"),
    asyncssh.SFTPFailure: (TransientError, "answered"),
    asyncssh.SFTPBadMessage: (TransientError, "answered"),
    asyncssh.SFTPOpUnsupported: (TransientError, "answered"),
    asyncssh.SFTPLockConflict: (TransientError, "answered"),
}
LOGINS: list[tuple[BaseException, type[ExportError], str]] = [
    (asyncssh.PermissionDenied(FOREIGN), TerminalError, "rejected the password of user"),
    (asyncssh.DisconnectError(2, "Too many authentication failures"), TerminalError, "rejected the password of user"),
    (asyncssh.DisconnectError(14, "Your password has expired"), TerminalError, "wants a new password"),
    (asyncssh.ProtocolError(FOREIGN), TerminalError, "No secure session with"),
    (asyncssh.KeyExchangeFailed(FOREIGN), TerminalError, "No secure session with"),
    (asyncssh.ChannelOpenError(1, FOREIGN), TerminalError, "does not offer SFTP to"),
    (socket.gaierror(FOREIGN), TransientError, "does not resolve"),
    (ConnectionRefusedError(FOREIGN), TransientError, "refused the connection"),
    (TimeoutError(FOREIGN), TransientError, "did not answer in time"),
    (asyncssh.ConnectionLost(FOREIGN), TransientError, "closed the connection during login"),
    (ConnectionResetError(FOREIGN), TransientError, "closed the connection during login"),
    (OSError(FOREIGN), TransientError, "cannot be reached"),
]
SENTENCES: list[tuple[Callable[[], ExportError], type[ExportError], str]] = [
    (lambda: errors.taken_away_error(WHERE, "/in/a"), TerminalError, "publish: direct"),
    (lambda: errors.rename_forbidden_error(WHERE, "/in/a"), TerminalError, "publish: direct"),
    (lambda: errors.folder_missing_error(WHERE, "/in"), TerminalError, "does not exist on"),
    (lambda: errors.size_error(WHERE, "a", 1, 2), TransientError, "verify: read_back"),
    (lambda: errors.other_bytes_error(WHERE, "a"), TransientError, "(SHA-256)"),
    (lambda: errors.connection_lost_error(WHERE, "writing"), TransientError, "was lost while"),
    (lambda: errors.stalled_error(WHERE, "writing", 2), TransientError, "no progress"),
    (lambda: errors.no_space_error(WHERE, "a", 1), TerminalError, "no space left on"),
    (lambda: errors.read_only_error(WHERE, "a"), TerminalError, "is read-only"),
    (lambda: login_errors.outdated_error(WHERE, "encryption", ["aes256-cbc"]), TerminalError, "legacy_algorithms"),
    (lambda: login_errors.new_password_error(WHERE, "u"), TerminalError, "wants a new password"),
    (lambda: login_errors.second_secret_error(WHERE, "u", "Code?"), TerminalError, "asks user 'u' for more"),
    (lambda: login_errors.second_factor_error(WHERE, "u", "key", ("password",)), TerminalError, "as well"),
]
S3_ANSWERS: list[tuple[str, int, type[ExportError], str]] = [
    ("AccessDenied", 403, TerminalError, "no permission for"),
    ("NoSuchBucket", 404, TerminalError, "does not exist"),
    ("InvalidAccessKeyId", 403, TerminalError, "is unknown"),
    ("SignatureDoesNotMatch", 403, TerminalError, "does not match"),
    ("ExpiredToken", 400, TerminalError, "has expired"),
    ("RequestTimeTooSkewed", 403, TerminalError, "clock of this worker"),
    ("PermanentRedirect", 301, TerminalError, "in another region"),
    ("TemporaryRedirect", 307, TerminalError, "in another region"),
    ("", 302, TerminalError, "in another region"),
    ("", 308, TerminalError, "in another region"),
    ("NotImplemented", 501, TerminalError, "request_checksum_calculation"),
    ("", 501, TerminalError, "request_checksum_calculation"),
    ("MissingContentLength", 411, TerminalError, "request_checksum_calculation"),
    ("", 411, TerminalError, "request_checksum_calculation"),
    ("XAmzContentSHA256Mismatch", 400, TerminalError, "request_checksum_calculation"),
    ("QuotaExceeded", 409, TerminalError, "no space left in"),
    ("InvalidObjectState", 403, TerminalError, "is archived"),
    ("", 407, TerminalError, "requires a login"),
    ("MethodNotAllowed", 405, TerminalError, "locked or read-only"),
    ("AccessControlListNotSupported", 400, TerminalError, "accepts no ACL"),
    ("InvalidStorageClass", 400, TerminalError, "storage class"),
    ("KMS.DisabledException", 400, TerminalError, "KMS key"),
    ("KMS.NotFoundException", 400, TerminalError, "KMS key"),
    ("KMS.ThrottlingException", 400, TransientError, "too busy"),
    ("BadDigest", 400, TransientError, "received other bytes"),
    ("IncompleteBody", 400, TransientError, "received other bytes"),
    ("OperationAborted", 409, TransientError, "conflicted with"),
    ("SlowDown", 503, TransientError, "too busy"),
    ("InternalError", 500, TransientError, "too busy"),
    ("Unheard", 502, TransientError, "too busy"),
    ("TooMany", 429, TransientError, "too busy"),
    ("NoSuchUpload", 404, TransientError, "has vanished"),
    ("ConditionalRequestConflict", 409, TransientError, "conflicted with"),
    ("Unheard", 400, TerminalError, "refused"),
]


def expect(error: ExportError, kind: type[ExportError], words: str) -> None:
    """Whoever reads it knows what to do; no foreign text is in it."""
    assert isinstance(error, kind)
    assert words in str(error)
    assert error.remedy
    assert FOREIGN not in str(error)


@pytest.mark.parametrize("answer", SFTP_ANSWERS, ids=lambda answer: answer.__name__)
def test_an_answer_of_an_sftp_server(answer: type[asyncssh.SFTPError]) -> None:
    kind, words = SFTP_ANSWERS[answer]
    expect(errors.request_error(answer(FOREIGN), WHERE, "writing", "/in/a"), kind, words)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("Disk quota exceeded", TerminalError),
        ("/in/quota.zip: not enough space", TerminalError),
        ("/in/quota.zip: locked", TransientError),
    ],
)
def test_a_full_disk_is_recognised_by_words_that_are_not_of_the_file_name(reason: str, kind: type[ExportError]) -> None:
    assert isinstance(errors.request_error(asyncssh.SFTPFailure(reason), WHERE, "writing", "/in/quota.zip"), kind)


@pytest.mark.parametrize(("cause", "kind", "words"), LOGINS, ids=lambda cause: type(cause).__name__)
def test_what_stops_a_login(cause: BaseException, kind: type[ExportError], words: str) -> None:
    expect(login_errors.login_error(cause, WHERE, "partner", "password"), kind, words)


@pytest.mark.parametrize(("build", "kind", "words"), SENTENCES)
def test_a_sentence_of_our_own(build: Callable[[], ExportError], kind: type[ExportError], words: str) -> None:
    expect(build(), kind, words)


@pytest.mark.parametrize(("code", "status", "kind", "words"), S3_ANSWERS)
def test_an_answer_of_an_s3_service(code: str, status: int, kind: type[ExportError], words: str) -> None:
    answer = {"Error": {"Code": code, "Message": FOREIGN}, "ResponseMetadata": {"HTTPStatusCode": status}}
    with pytest.raises(ExportError) as caught, translate_s3_errors("writing", "bucket", "s3.example.com"):
        raise ClientError(answer, "PutObject")
    expect(caught.value, kind, words)


NO_ANSWERS: list[tuple[Exception, type[ExportError], str]] = [
    (EndpointConnectionError(endpoint_url=FOREIGN), TransientError, "cannot be reached"),
    (ReadTimeoutError(endpoint_url=FOREIGN), TransientError, "cannot be reached"),
    (NoCredentialsError(), TerminalError, "no complete credentials"),
    (RecursionError(FOREIGN), TerminalError, "in another region"),
    (FileNotFoundError(FOREIGN), TerminalError, "cannot be read on this worker"),
]


@pytest.mark.parametrize(("cause", "kind", "words"), NO_ANSWERS)
def test_a_request_to_s3_that_gets_no_answer(cause: Exception, kind: type[ExportError], words: str) -> None:
    with pytest.raises(ExportError) as caught, translate_s3_errors("writing", "bucket", "s3.example.com"):
        raise cause
    expect(caught.value, kind, words)
