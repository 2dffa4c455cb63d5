"""What is delivered to a partner's bucket, and how its service is spoken to."""

from __future__ import annotations

import os
from collections.abc import Callable

from export_jobs.delivery.destination import Destination

PATH = "sales.zip"
KEY = f"in/{PATH}"
CONTENT = os.urandom(9_000_000)  # two parts
Open = Callable[..., Destination]
PATH_STYLE = {"config_kwargs": {"s3": {"addressing_style": "path"}}}
