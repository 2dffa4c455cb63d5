"""Requirements of an S3 service or a bucket's policy, and its refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Headers = Mapping[str, str]
Rule = Callable[[str, Headers], tuple[int, str] | None]
"""An action and the request's headers (small letters) -> the status and code of a refusal, or None."""


def no_chunks(action: str, headers: Headers) -> tuple[int, str] | None:
    """A service that does not support bodies in signed or checked chunks."""
    return (501, "NotImplemented") if "aws-chunked" in headers.get("content-encoding", "") else None


def wants_length(action: str, headers: Headers) -> tuple[int, str] | None:
    """A service that requires the length of each body in advance."""
    has_body = action in {"put", "part"}
    return (411, "MissingContentLength") if has_body and "content-length" not in headers else None


def locked(action: str, headers: Headers) -> tuple[int, str] | None:
    """A bucket with a default retention (Object Lock)."""
    is_checked = "content-md5" in headers or any(name.startswith("x-amz-checksum-") for name in headers)
    if action in {"put", "part"} and not is_checked and "x-amz-trailer" not in headers:
        return (
            400,
            "InvalidRequest: Content-MD5 or x-amz-checksum- HTTP header is required for Put Object with Object Lock",
        )
    return (403, "AccessDenied") if action == "delete" else None


def wants_md5(action: str, headers: Headers) -> tuple[int, str] | None:
    """A service that requires the MD5 of each body, beside any checksum, and compares it with all sent bytes."""
    if action not in {"put", "part"}:
        return None
    if "content-md5" not in headers:
        return 400, "InvalidRequest: Missing required header for this request: Content-MD5"
    return (400, "BadDigest") if "aws-chunked" in headers.get("content-encoding", "") else None


def wants(**wanted: str) -> Rule:
    """A bucket policy that requires headers when an object is created, and accepts none of them with its parts."""

    def rule(action: str, headers: Headers) -> tuple[int, str] | None:
        expected = {f"x-amz-{name.replace('_', '-')}": value for name, value in wanted.items()}
        if action in {"create", "put"} and any(headers.get(name) != value for name, value in expected.items()):
            return 403, "AccessDenied"
        if action == "part" and expected.keys() & headers.keys():
            return 400, "InvalidArgument"
        return None

    return rule


def denies(*actions: str) -> Rule:
    """A login without the right to some actions."""
    return lambda action, _: (403, "AccessDenied") if action in actions else None
