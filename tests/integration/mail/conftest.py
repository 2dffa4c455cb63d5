"""A mail server for each test, which answers as the test says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.integration.mail.letters import Serve
from tests.servers.smtp_script import Script, ScriptedSmtpServer


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Return a function that starts a scripted server and names it in Airflow's connection."""
    with ExitStack() as servers:

        def start(
            features: tuple[str, ...] = (), tls: str = "", certificate: Path | None = None, **script: Any
        ) -> Script:
            extra = script.pop("extra", {})
            made = Script({verb.upper(): said for verb, said in script.items()}, features)
            server = servers.enter_context(ScriptedSmtpServer(made, tls=tls, certificate=certificate))
            monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(server.connection(**extra)))
            return made

        yield start
