"""The lock decides what is installed; a wheel's dependencies are written down; an audit asks, or says that it did not.

A local server plays the vulnerability service, since the real one's answers change every day.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import Parser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import sbom
from scripts.lock import LOCK, locked_versions, requirements
from tests.install.conftest import ROOT, UV

NOWHERE = "http://127.0.0.1:9/v1/query"


def test_every_pinned_package_has_hashes() -> None:
    entries = re.split(r"(?m)^(?=[a-zA-Z0-9])", LOCK.read_text())[1:]
    assert len(entries) == len(requirements(LOCK.read_text())) > 200
    assert [entry.partition(" ")[0] for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)] == []


def test_bootstrap_installs_nothing_without_a_hash() -> None:
    installs = [line for line in (ROOT / "scripts/bootstrap").read_text().splitlines() if " -r " in line]
    assert len(installs) == 2
    for command in (one for line in installs for one in line.split("||")):
        assert "--require-hashes" in command


def test_another_file_under_a_pinned_version_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(f"iniconfig=={locked_versions(LOCK.read_text())['iniconfig']} --hash=sha256:{'0' * 64}\n")
    for program in ([sys.executable, "-m", "pip"], [str(Path(sys.executable).with_name("uv")), "pip"]):
        command = [*program, "install", "--require-hashes", "--target", str(tmp_path / "there"), "-r", str(lock)]
        done = subprocess.run(command, env={**os.environ, **UV}, capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert "hash" in done.stderr.lower(), "it was refused for another reason"


@pytest.fixture(scope="module")
def document(wheel: Path) -> dict[str, Any]:
    """The document that `make wheel` puts beside the wheel."""
    command = [sys.executable, str(ROOT / "scripts/sbom.py"), str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    written: dict[str, Any] = json.loads(wheel.with_suffix(".cdx.json").read_text())
    return written


def test_a_wheel_comes_with_what_it_needs_at_locked_versions(wheel: Path, document: dict[str, Any]) -> None:
    own = document["metadata"]["component"]
    assert (document["bomFormat"], own["name"]) == ("CycloneDX", "airflow-export-jobs")
    assert own["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}]
    with zipfile.ZipFile(wheel) as archive:
        [name] = (one for one in archive.namelist() if one.endswith("METADATA"))
        needed = [
            Requirement(one) for one in Parser().parsestr(archive.read(name).decode()).get_all("Requires-Dist", [])
        ]
    python = {one["name"]: one for one in document["components"] if one["purl"].startswith("pkg:pypi/")}
    always = {canonicalize_name(one.name) for one in needed if one.marker is None}
    assert always <= {name for name, one in python.items() if one["scope"] == "required"}
    assert python["apache-airflow-providers-amazon"]["scope"] == "optional"
    versions = locked_versions(LOCK.read_text())
    assert {name: one["version"] for name, one in python.items()} == {name: versions[name] for name in python}
    assert [one["name"] for one in document["components"] if not one.get("licenses")] == []
    assert "mypy" not in python, "what only develops it is no part of it"


def test_the_page_s_foreign_script_is_a_part_of_the_wheel(document: dict[str, Any]) -> None:
    [htm] = [one for one in document["components"] if one["purl"].startswith("pkg:npm/")]
    assert (htm["name"], htm["version"], htm["licenses"]) == ("htm", "3.1.1", [{"license": {"id": "Apache-2.0"}}])
    below = next(one["dependsOn"] for one in document["dependencies"] if one["ref"].startswith("airflow-export-jobs"))
    assert htm["bom-ref"] in below


def test_a_lock_that_lacks_what_the_wheel_needs_makes_no_document(
    wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pin, other, complaint in (
        (r"(?m)^isal==.*", "# nothing", "isal, which airflow-export-jobs needs"),
        (r"(?m)^isal==\S+", "isal==0.0.1", "is installed and 0.0.1 locked"),
    ):
        lock = tmp_path / "requirements-lock.txt"
        lock.write_text(re.sub(pin, other, LOCK.read_text()))
        monkeypatch.setattr(sbom, "LOCK", lock)
        with pytest.raises(SystemExit, match=complaint):
            sbom.describe(wheel)


@contextmanager
def vulnerability_service(flawed: str = "", deaf_to: str = "") -> Iterator[str]:
    """A service that knows a vulnerability in ``flawed``, and ends the connection when asked about ``deaf_to``."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            name = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["package"]["name"]
            if name == deaf_to:
                self.send_error(503)
                return
            flaw = {
                "id": "PYSEC-1",
                "aliases": ["CVE-1"],
                "summary": "a flaw",
                "affected": [],
                "modified": "2026-01-01",
            }
            affected = {"package": {"name": name, "ecosystem": "PyPI"}, "versions": [], "ranges": []}
            body = json.dumps({"vulns": [{**flaw, "affected": [affected]}]} if name == flawed else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


def audit(url: str) -> tuple[int, str]:
    """Return the exit code of an audit, and its output."""
    command = [sys.executable, str(ROOT / "scripts/audit.py"), "--osv-url", url]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "NO_PROXY": "*"})
    return done.returncode, done.stdout + done.stderr


def test_an_audit_that_asked_nobody_is_not_green() -> None:
    code, said = audit(NOWHERE)
    assert code == 3, said
    assert "NOT AUDITED" in said


def test_an_audit_asks_about_every_locked_package() -> None:
    with vulnerability_service() as url:
        code, said = audit(url)
    count = len(locked_versions(LOCK.read_text()))
    assert (code, said.splitlines()[-1]) == (0, f"{count} locked packages: 0 known vulnerabilities, says osv.")


def test_an_audit_names_a_flaw_and_what_was_not_answered() -> None:
    with vulnerability_service(flawed="jinja2") as url:
        code, said = audit(url)
    assert code == 1, said
    assert re.search(r"^jinja2 \S+: .*PYSEC-1", said, re.MULTILINE | re.IGNORECASE)
    with vulnerability_service(deaf_to="jinja2") as url:
        code, said = audit(url)
    assert code == 3, said
