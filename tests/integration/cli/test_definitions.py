"""The command line on a real store: a plan is shown and saved whole or not at all, and what is dumped is unchanged."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from export_jobs import cli
from tests.integration.cli.commands import SAMPLES, Run, names
from tests.integration.store.samples import Store, delivery
from tests.servers.sftp_faults import PASSWORD, USER, FaultySftpServer

pytestmark = pytest.mark.integration


def test_apply_is_idempotent(run: Run) -> None:
    code, out, _ = run("apply", "-f", SAMPLES, "--yes")
    assert code == 0 and "+ job daily-purchases: create" in out and "Saved." in out
    code, out, _ = run("apply", "-f", SAMPLES, "--yes")
    assert code == 0 and "The store already has these definitions" in out
    assert run("diff", "-f", SAMPLES)[0] == 0


def test_nobody_at_a_terminal_saves_nothing(run: Run) -> None:
    code, _, error = run("apply", "-f", SAMPLES)
    assert code == 1 and "add --yes" in error
    assert names(run) == []


def test_one_issue_saves_nothing(run: Run, edited: Callable[..., Path]) -> None:
    code, out, _ = run("apply", "-f", edited(("owner: finance@example.com", "owner: nobody")), "--yes")
    assert code == 1 and "edited.yaml:" in out and "is not a mail address" in out and "Nothing was saved." in out
    assert names(run) == []


def test_what_the_store_refuses_saves_nothing(run: Run, edited: Callable[..., Path]) -> None:
    run("apply", "-f", SAMPLES, "--yes")
    file = edited(
        ("recipients: [analytics@example.com]", "recipients: [new@example.com]"),
        ("    fact: purchases", "    fact: points"),
        ("columns: [purchase_id, customer_id, store_id, purchased_at, cds, amount_usd, is_refund]", "columns: []"),
    )
    code, out, error = run("apply", "-f", file, "--yes")
    assert code == 1 and "give it a new name" in out + error
    assert "new@example.com" not in run("dump")[1]


def test_a_dump_applies_and_is_unchanged(run: Run, tmp_path: Path) -> None:
    run("apply", "-f", SAMPLES, "--yes")
    code, text, _ = run("dump")
    assert code == 0
    dumped = tmp_path / "dumped.yaml"
    dumped.write_text(text, "utf-8")
    assert run("diff", "-f", dumped)[0] == 0
    code, one, _ = run("dump", "weekly-sales")
    assert code == 0 and "sales-by-store" in one and "daily-purchases" not in one
    dumped.write_text(one, "utf-8")
    code, out, _ = run("diff", "-f", dumped)
    others = len(yaml.safe_load(text)["jobs"]) - 1
    assert code == 0 and f"{others} other jobs of the store, not in this file: left alone" in out


def test_the_dump_of_a_large_store_applies_and_is_unchanged(
    run: Run, edited: Callable[..., Path], tmp_path: Path
) -> None:
    """What is written must be read again, also where there are many jobs or long audiences."""
    many = CHOICES.replace("[17, 18]", str([10**14 + number for number in range(10_000)]))
    sample = edited((PLAIN, many))
    for number in range(5):
        sample.write_text(sample.read_text("utf-8").replace("name: daily-purchases", f"name: large-{number}"), "utf-8")
        assert run("apply", "-f", sample, "--yes")[0] == 0
        sample = edited((PLAIN, many))
    dumped = tmp_path / "dumped.yaml"
    dumped.write_text(run("dump")[1], "utf-8")
    assert dumped.stat().st_size > 1_000_000
    code, _, error = run("diff", "-f", dumped)
    assert code == 0, error


def test_a_second_file_is_not_forgotten_without_a_word(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("apply", "-f", SAMPLES, "-f", SAMPLES, "--yes")
    assert ended.value.code == 2
    assert "-f is given twice, but the command reads one file" in capsys.readouterr().err
    assert names(run) == []


def test_a_new_job_shows_its_first_windows_before_it_is_saved(run: Run) -> None:
    code, out, _ = run("diff", "-f", SAMPLES)
    assert code == 1
    assert "first windows: 1997-01-01..1997-01-05, 1997-01-06..1997-01-12, 1997-01-13..1997-01-19" in out
    assert "weekly-sales__1997-01-01_1997-01-05.manifest.json" in out
    [job] = [
        change
        for change in json.loads(run("diff", "-f", SAMPLES, "--format", "json")[1])["changes"]
        if change["name"] == "weekly-sales"
    ]
    assert job["first_files"][0].endswith("__1997-01-01_1997-01-05.zip")


def test_an_edited_schedule_shows_the_next_windows_before_it_is_saved(run: Run, edited: Callable[..., Path]) -> None:
    run("apply", "-f", SAMPLES, "--yes")
    file = edited(("execute_on: sunday", "execute_on: friday"))
    code, out, _ = run("diff", "-f", file)
    assert code == 1
    assert "schedule.execute_on: sunday -> friday" in out
    assert "next windows now:   1997-01-01..1997-01-05, 1997-01-06..1997-01-12" in out
    assert "next windows after: 1997-01-01..1997-01-03, 1997-01-04..1997-01-10" in out
    assert run("apply", "-f", file, "--yes")[0] == 0
    assert run("diff", "-f", file)[0] == 0


CHOICES = """templates:
      - template: purchases
        subfolder: daily
        columns: [purchase_id, {column: amount_usd, as: "Betrag, €"}]
        filters:
          - {column: is_refund, op: equals, values: false}
          - {column: store.region, op: not in, values: [north, "O'Hara"]}
        audience: [17, 18]
        order_by: [-amount_usd]"""
PLAIN = "templates:\n      - {template: purchases, subfolder: daily}"


def test_what_a_job_chooses_is_applied_dumped_and_unchanged(
    run: Run, edited: Callable[..., Path], tmp_path: Path
) -> None:
    file = edited((PLAIN, CHOICES))
    code, out, error = run("apply", "-f", file, "--yes")
    assert code == 0, out + error
    assert run("diff", "-f", file)[0] == 0
    dumped = tmp_path / "dumped.yaml"
    dumped.write_text(run("dump")[1], "utf-8")
    assert run("diff", "-f", dumped)[0] == 0
    _, out, _ = run("show", "daily-purchases")
    assert "templates[purchases].columns: purchase_id, amount_usd as 'Betrag, €'\n" in out
    assert "templates[purchases].audience: 2 customers: '17', '18'\n" in out


def test_show_is_not_flooded_by_a_large_audience(run: Run, edited: Callable[..., Path]) -> None:
    many = CHOICES.replace("[17, 18]", str(list(range(1000))))
    assert run("apply", "-f", edited((PLAIN, many)), "--yes")[0] == 0
    _, out, _ = run("show", "daily-purchases")
    assert "left_out: 1000" in out and len(out.splitlines()) < 60
    assert "templates[purchases].audience: 1000 customers: '0', '1', '2', '3', '4' … (1000 in all)\n" in out


def test_a_changed_filter_is_refused_in_the_plan(run: Run, edited: Callable[..., Path]) -> None:
    run("apply", "-f", edited((PLAIN, CHOICES)), "--yes")
    file = edited((PLAIN, CHOICES.replace("[north,", "[south,")))
    code, out, _ = run("apply", "-f", file, "--yes")
    assert code == 1
    assert (
        "! job daily-purchases: refused\n"
        "    templates[purchases].filters: is_refund equals 'false'; store.region not in ('north', \"O'Hara\") -> "
        "is_refund equals 'false'; store.region not in ('south', \"O'Hara\")\n"
        "    refused: Job 'daily-purchases': templates[purchases].filters cannot change once the job exists, since "
        "receivers rely on it. Create a new job instead.\n"
    ) in out
    assert "Nothing was saved." in out
    (refused,) = [one for one in json.loads(run("diff", "-f", file, "--format", "json")[1])["changes"] if one["fields"]]
    assert refused["fields"][0]["after"][1] == {"column": "store.region", "op": "not_in", "values": ["south", "O'Hara"]}


def test_a_broken_filter_is_said_with_its_line_and_hides_nothing(run: Run, edited: Callable[..., Path]) -> None:
    broken = CHOICES.replace("op: not in", "op: like").replace('as: "Betrag, €"', "as: 5")
    code, out, _ = run("apply", "-f", edited((PLAIN, broken), ("owner: finance@example.com", "owner: nobody")), "--yes")
    assert code == 1
    said = [line.partition(".yaml:")[2] for line in out.splitlines() if "error" in line]
    lines = (SAMPLES.read_text("utf-8").replace(PLAIN, broken, 1)).splitlines()
    number = next(number for number, line in enumerate(lines, start=1) if "op: like" in line)
    assert f"{number}: error: jobs[0].templates[0].filters[1].op: 'like' is not one of equals," in "\n".join(said)
    assert "jobs[0].templates[0].columns[1].as: 5 (a number) is not text" in out
    assert "is not a mail address" in out


def test_show_says_when_the_definition_changed_between_deliveries(run: Run, stored: Store) -> None:
    run("apply", "-f", SAMPLES, "--yes")
    _, out, _ = run("show", "daily-purchases")
    assert "DEFINITION" not in out
    job = stored.definitions.job("daily-purchases")
    assert job is not None
    for day, text in enumerate(("a" * 64, "a" * 64, "b" * 64)):
        start = datetime(1996, 12, 31, 23, tzinfo=UTC) + timedelta(days=day)
        window: dict[str, Any] = {"window_start": start, "window_end": start + timedelta(days=1)}
        execution = stored.run(job, run_id=str(day), **window)
        stored.ledger.claim(execution.id, "rows", "upload", "first")
        with stored.ledger.fence_delivery(delivery(execution, definition_hash=text), "upload", "first"):
            pass
    code, out, _ = run("show", "daily-purchases")
    assert code == 0
    heading, first, second, sentence = out.splitlines()[-4:]
    assert heading.split()[:3] == ["DEFINITION", "HASH", "FILES"]
    assert first.split()[:5] == ["version", "1", "a" * 12, "2", "1997-01-01"] and "1997-01-02" in first
    assert second.split()[:5] == ["version", "1", "b" * 12, "1", "1997-01-03"]
    assert sentence == (
        "The definition changed between the window 1997-01-02 and the window 1997-01-03: version 1 -> 1, "
        "catalogue files changed."
    )
    document = json.loads(run("show", "daily-purchases", "--format", "json")[1])
    assert [stretch["files"] for stretch in document["made_from"]] == [2, 1]
    assert document["definition_changes"][0]["after"]["definition_hash"] == "b" * 64


def test_list_show_windows_sql_delete(run: Run) -> None:
    run("apply", "-f", SAMPLES, "--yes")
    code, out, _ = run("list")
    assert code == 0 and out.splitlines()[0].split()[:2] == ["NAME", "STATE"]
    assert {line.split()[1] for line in out.splitlines()[1:]} == {"enabled"}
    code, out, _ = run("show", "monthly-1997")
    assert code == 0 and "next windows: 1997-01-01..1997-01-31" in out
    code, out, _ = run("windows", "weekly-sales", "--count", "2", "--format", "json")
    assert code == 0 and len(json.loads(out)) == 2
    code, out, _ = run("sql", "monthly-1997", "--window", "1997-01-01..1997-01-31")
    assert code == 0 and "CAST('1997-01-01 00:00:00+00:00' AS TIMESTAMPTZ)" in out and "%" not in out
    code, out, _ = run("sql", "monthly-1997", "--window", "1997-01-01..1997-01-31", "--format", "json")
    assert json.loads(out)[0]["parameters"]["window_end"] == "1997-02-01T00:00:00+00:00"
    assert run("delete", "weekly-sales", "--yes")[0] == 0
    code, _, error = run("show", "weekly-sales")
    assert code == 1 and "There is no job 'weekly-sales'." in error
    code, _, error = run("show", "monthly-1979")
    assert code == 1 and "Perhaps you mean 'monthly-1997'." in error


def test_history_and_coverage_of_a_job_that_has_not_run(run: Run) -> None:
    run("apply", "-f", SAMPLES, "--yes")
    assert run("history", "monthly-1997")[0] == 0
    code, out, _ = run("coverage", "monthly-1997", "--format", "json")
    assert code == 0 and {one["state"] for one in json.loads(out)["windows"]} == {"due"}, "it was applied just now"


@pytest.mark.parametrize("command", ["coverage", "windows", "rerun"])
def test_a_zone_that_does_not_exist_is_a_sentence(run: Run, stored: Store, command: str) -> None:
    """As somebody has typed it into the table."""
    run("apply", "-f", SAMPLES, "--yes")
    stored.hand("UPDATE export_jobs.job SET time_zone = 'Mars/Olympus' WHERE name = 'monthly-1997'")
    code, _, error = run(command, "monthly-1997")
    assert code == 1 and "there is no time zone 'Mars/Olympus'" in error and "Correct it" in error


def test_the_whole_store_is_validated(run: Run) -> None:
    run("apply", "-f", SAMPLES, "--yes")
    code, out, _ = run("validate")
    assert code == 0 and "0 errors, 2 warnings." in out


def test_a_store_that_is_away_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_EXPORT_JOBS_STORE", "postgresql://user:canary-pw@127.0.0.1:9/none")
    assert cli.main(["list"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("export-jobs: ") or "\nexport-jobs: " in error
    assert "Traceback" not in error and "canary-pw" not in error


def test_a_host_key_is_pinned_and_stands_in_the_definitions(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "partner.yaml"
    place = {"tag": "partner", "kind": "sftp", "connection": "partner_sftp", "folder": "/in"}
    file.write_text(yaml.safe_dump({"destinations": [place]}))
    assert run("apply", "-f", file, "--yes")[0] == 0
    (tmp_path / "root" / "in").mkdir(parents=True)
    with FaultySftpServer(tmp_path / "root") as server:
        found = {"conn_type": "sftp", "host": "127.0.0.1", "port": server.port, "login": USER, "password": PASSWORD}
        monkeypatch.setenv("AIRFLOW_CONN_PARTNER_SFTP", json.dumps(found))
        fingerprint = server.host_key.get_fingerprint()
        assert "pins no host key" in run("check-destination", "partner")[2]
        code, out, _ = run("host-keys", "partner")
        assert code == 1 and fingerprint in out and "only the server's owner can confirm" in out
        other = f"SHA256:{'x' * 43}"
        code, _, err = run("host-keys", "partner", "--pin", other)
        assert code == 1 and other in err and fingerprint in err and "was not pinned" in err
        assert run("host-keys", "partner", "--pin", "ssh-ed25519")[0] == 1
        assert run("host-keys", "partner", "--pin", fingerprint)[0] == 0
        assert run("check-destination", "partner")[0] == 0
        assert run("host-keys", "partner", "--format", "json")[0] == 0
        assert server.seen.password_attempts == 1, "the check that found a pinned key"
    assert yaml.safe_load(run("dump")[1])["destinations"] == [{**place, "host_keys": [fingerprint]}]
    code, out, _ = run("diff", "-f", file)
    assert code == 1 and "host_keys" in out
    full = [f"SHA256:{mark * 43}" for mark in "abcdefgh"]
    file.write_text(yaml.safe_dump({"destinations": [{**place, "host_keys": full}]}))
    assert run("apply", "-f", file, "--yes")[0] == 0
