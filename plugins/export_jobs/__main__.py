"""``python -m export_jobs`` is the ``export-jobs`` command."""

import sys

from export_jobs.cli import main

sys.exit(main())
