"""Write the API's own description to a file: what ``/export-jobs/api/openapi.json`` answers, without a server."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path


def openapi() -> dict[str, object]:
    """The answer of the route itself, so that there is one author of the description."""
    from starlette.requests import Request  # noqa: PLC0415

    from export_jobs.plugin import ExportJobsPlugin  # noqa: PLC0415  Airflow looks for its home when it is imported

    (mounted,) = ExportJobsPlugin().fastapi_apps
    app = mounted["app"]
    (route,) = (route for route in app.routes if route.path == "/api/openapi.json")
    scope = {"type": "http", "app": app, "root_path": mounted["url_prefix"]}
    description: dict[str, object] = route.endpoint(request=Request(scope), user=None)
    return description


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent / "plugins"))
    with tempfile.TemporaryDirectory() as home:
        os.environ["AIRFLOW_HOME"] = home
        text = json.dumps(openapi(), indent=1, sort_keys=True)
    Path(sys.argv[1]).write_text(text + "\n")  # Airflow logs to the standard output
