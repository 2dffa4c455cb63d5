"""Keys on the command line: applied from a file, shown with their fingerprint, dumped and deleted."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from export_jobs.streaming.openpgp.gpg import find_gpg
from tests.integration.cli.commands import Run
from tests.servers.gpg_keyring import GpgKeyring, gpg_keyring

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(find_gpg() is None, reason="gpg is not here: apt-get install gnupg"),
]
JOB = """
destinations:
  - {tag: partner, kind: sftp, connection: partner_sftp, folder: /in}
templates:
  - {name: purchases, kind: standard, fact: purchases}
jobs:
  - name: sales
    owner: anna@example.org
    destination: partner
    schedule: {frequency: daily, from: 2027-01-01, until: 2027-01-31}
    templates: [{template: purchases}]
    file: {encryption: {keys: [acme], sign: team_key}}
"""


@pytest.fixture(scope="module")
def keyring() -> Iterator[GpgKeyring]:
    with gpg_keyring() as ring:
        ring.make("Acme")
        ring.make("Other", subkey_lasts="10d")
        yield ring


def key_text(keyring: GpgKeyring, name: str, tag: str = "acme") -> str:
    return f"keys:\n  - tag: {tag}\n    public_key: |\n" + textwrap.indent(keyring.public(name), "      ")


def test_a_key_is_applied_with_its_fingerprint_and_dumped_unchanged(
    run: Run, keyring: GpgKeyring, tmp_path: Path
) -> None:
    path = tmp_path / "jobs.yaml"
    path.write_text(key_text(keyring, "Acme") + JOB)
    code, out, err = run("apply", "-f", path, "--yes")
    assert code == 0, out + err
    assert f"+ key acme: create\n    {keyring.fingerprint('Acme')} Acme <acme@example.org>" in out
    code, dumped, _ = run("dump")
    (tmp_path / "dumped.yaml").write_text(dumped)
    assert run("diff", "-f", tmp_path / "dumped.yaml")[0] == 0
    code, shown, _ = run("keys", "show", "acme")
    assert code == 0
    print_ = keyring.fingerprint("Acme")
    assert " ".join(print_[at : at + 4] for at in range(0, 40, 4)) in shown
    assert "jobs:        sales" in shown
    code, listed, _ = run("keys", "show", "--format", "json")
    (entry,) = json.loads(listed)
    assert (entry["fingerprint"], entry["fault"], entry["jobs"]) == (print_, None, ["sales"])
    assert keyring.fingerprint("Acme") in run("keys", "show")[1]
    code, _, err = run("keys", "delete", "acme", "--yes")
    assert code == 1 and "sales encrypt to it" in err
    run("delete", "sales", "--yes")
    assert run("keys", "delete", "acme", "--yes")[0] == 0
    assert "has no key yet" in run("keys", "show")[1]


def test_another_key_under_the_tag_is_refused_in_the_plan(run: Run, keyring: GpgKeyring, tmp_path: Path) -> None:
    path = tmp_path / "jobs.yaml"
    path.write_text(key_text(keyring, "Acme"))
    assert run("apply", "-f", path, "--yes")[0] == 0
    path.write_text(key_text(keyring, "Other"))
    code, out, _ = run("apply", "-f", path, "--yes")
    assert code == 1
    assert "refused: this tag is for the key" in out
    assert "expires on" in out, "and soon, which is told as well"


def test_a_private_key_in_a_file_is_shown_by_no_command(run: Run, keyring: GpgKeyring, tmp_path: Path) -> None:
    path = tmp_path / "jobs.yaml"
    private = keyring.private("Acme")
    path.write_text("keys:\n  - tag: acme\n    public_key: |\n" + textwrap.indent(private, "      "))
    for command in ("validate", "diff", "apply"):
        for kind in ("text", "json"):
            code, out, err = run(command, "-f", path, "--format", kind)
            assert code == 1
            assert "contains a private key" in out + err
            assert private.splitlines()[4] not in out + err


def test_without_gpg_a_file_with_keys_is_not_applied(
    run: Run, keyring: GpgKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jobs.yaml"
    path.write_text(key_text(keyring, "Acme"))
    monkeypatch.setenv("PATH", "/nowhere")
    code, out, err = run("apply", "-f", path, "--yes")
    assert code == 1
    assert "the program gpg, which encrypts files and reads public keys, is not installed" in out + err
