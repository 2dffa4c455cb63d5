"""The REST reference is the description that the app serves, route by route."""

from __future__ import annotations

import re


def test_every_route_and_every_body_has_a_section() -> None:
    from docs.site.rest import rest_reference, served_description

    text = rest_reference()
    described = served_description()
    routes = {f"{method.upper()} {path}" for path, methods in described["paths"].items() for method in methods}
    sections = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert sections == routes | set(described["components"]["schemas"])
    assert {"POST /api/jobs", "JobChange", "NewJob"} <= sections
    targets = set(re.findall(r"\]\(#(\w+)\)", text))
    assert targets <= {name.lower() for name in described["components"]["schemas"]}
