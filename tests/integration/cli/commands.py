"""Commands as a person types them, and the sample definitions."""

import json
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
SAMPLES = REPOSITORY / "demo" / "jobs" / "samples.yaml"
Run = Callable[..., tuple[int, str, str]]
NAMES = {"host": "host", "port": "port", "dbname": "schema", "user": "login", "password": "password"}
"""Airflow's words for libpq's."""


def names(run: Run) -> list[str]:
    return [entry["name"] for entry in json.loads(run("list", "--format", "json")[1])]
