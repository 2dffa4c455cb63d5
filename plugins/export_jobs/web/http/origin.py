"""Detect writes from other sites. Airflow has no CSRF token, but the browser says where a request comes from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def cross_site_reason(method: str, headers: Mapping[str, str], own_hosts: Collection[str]) -> str:
    """Return why this request may come from another site; empty if it does not.

    ``headers``: by lower-case name. A program that is not a browser sends neither header. It is not a danger, because
    it has no cookie that another site could use. ``own_hosts``: Airflow's host names besides the request's own host;
    behind a proxy they differ.
    """
    if method in SAFE_METHODS:
        return ""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        return "its Content-Type is not application/json"
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return "the browser says that it comes from another site"
    origin = headers.get("origin")
    if origin is None:
        return ""
    forwarded = headers.get("x-forwarded-host", "").partition(",")[0].strip()
    hosts = {host.lower() for host in (headers.get("host", ""), forwarded, *own_hosts) if host}
    return "" if urlsplit(origin).netloc.lower() in hosts else "its Origin is another site"
