"""Which requests may come from another site."""

from collections.abc import Mapping

import pytest

from export_jobs.web.http.origin import cross_site_reason

JSON = {"content-type": "application/json", "host": "airflow.example"}


@pytest.mark.parametrize(
    "headers",
    [
        JSON,
        {**JSON, "content-type": "Application/JSON; charset=utf-8"},
        {**JSON, "origin": "https://airflow.example"},
        {**JSON, "origin": "https://AIRFLOW.example", "sec-fetch-site": "same-origin"},
        {**JSON, "host": "10.0.0.7:8080", "origin": "https://known.example"},
        {**JSON, "host": "10.0.0.7", "x-forwarded-host": "front.example, inner", "origin": "https://front.example"},
        {**JSON, "sec-fetch-site": "none"},
    ],
)
def test_our_own(headers: Mapping[str, str]) -> None:
    assert cross_site_reason("POST", headers, {"known.example", ""}) == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "airflow.example"},
        {**JSON, "content-type": "text/plain"},
        {**JSON, "content-type": "application/jsonp"},
        {**JSON, "content-type": "multipart/form-data; x=application/json"},
        {**JSON, "origin": "https://evil.example"},
        {**JSON, "origin": "https://airflow.example.evil.example"},
        {**JSON, "origin": "https://airflow.example:8443"},
        {**JSON, "origin": "https://evil.example/airflow.example"},
        {**JSON, "origin": "https://airflow.example@evil.example"},
        {**JSON, "origin": "null"},
        {**JSON, "origin": ""},
        {**JSON, "sec-fetch-site": "same-site"},
        {**JSON, "sec-fetch-site": "cross-site", "origin": "https://airflow.example"},
    ],
)
def test_another_site(headers: Mapping[str, str]) -> None:
    assert cross_site_reason("POST", headers, {"known.example", ""}) != ""
    assert cross_site_reason("GET", headers, set()) == "", (
        "reading changes nothing, and its answer cannot be read from there"
    )
