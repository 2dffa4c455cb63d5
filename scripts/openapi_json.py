"""Write the API's own description to a file: the answer of ``/export-jobs/api/openapi.json``, without a server."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    repository = Path(__file__).parent.parent
    sys.path[:0] = [str(repository), str(repository / "plugins")]
    with tempfile.TemporaryDirectory() as home:
        os.environ["AIRFLOW_HOME"] = home  # Airflow looks for its home when it is imported
        from docs.site.rest import served_description

        text = json.dumps(served_description(), indent=1, sort_keys=True)
    Path(sys.argv[1]).write_text(text + "\n")  # Airflow logs to the standard output
