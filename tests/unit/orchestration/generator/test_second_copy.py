"""What hangs must not hold a parse: Airflow takes every Dag of a file away that is parsed for too long."""

from __future__ import annotations

import threading

import pytest

from export_jobs.orchestration.generator import second_copy


def test_what_hangs_or_fails_is_given_up_and_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(second_copy, "COPY_PATIENCE_S", 0.05)
    released = threading.Event()
    try:
        assert not second_copy._within_patience(released.wait, "written to")
    finally:
        released.set()
    assert "takes longer" in caplog.text

    def fail() -> None:
        raise ConnectionError("refused")

    assert not second_copy._within_patience(fail, "read from")
    assert "ConnectionError: refused" in caplog.text
    assert second_copy._within_patience(lambda: None, "read from")
