"""Is a write from our own page? Airflow has no token against forged requests; the browser says where one comes from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def cross_site_reason(method: str, headers: Mapping[str, str], own_hosts: Collection[str]) -> str:
    """Why this request may have been made by another site; empty when it was not.

    ``headers`` by lower-case name. A program that is no browser sends neither header and is no danger: it has no cookie
    that somebody else could make it use. ``own_hosts``: what Airflow is called, beside the request's own host; behind a
    proxy that is another name.
    """
    if method in SAFE_METHODS:
        return ""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        return "its Content-Type is not application/json"
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return "the browser says that another site has made it"
    origin = headers.get("origin")
    if origin is None:
        return ""
    forwarded = headers.get("x-forwarded-host", "").partition(",")[0].strip()
    hosts = {host.lower() for host in (headers.get("host", ""), forwarded, *own_hosts) if host}
    return "" if urlsplit(origin).netloc.lower() in hosts else "its Origin is another site"
