"""``ledger verify`` and ``db upgrade`` on a real store, with one login and with one for each who works on it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from demo import store as logins
from demo.postgres import Postgres
from export_jobs import cli
from export_jobs.core.definitions.job import DestinationSpec, Template
from export_jobs.store.database.engine import create_store_engine
from tests.integration.store.samples import Store, administrator, delivery, publication

pytestmark = pytest.mark.integration
Run = Callable[..., tuple[int, str, str]]
DATABASE = "store_of_the_ledger"
WORDS = {"host": "host", "port": "port", "dbname": "schema", "user": "login", "password": "password"}
"""libpq's words in Airflow's."""


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    postgres.create_database(DATABASE, logins.OWNER)
    yield DATABASE
    postgres.drop_database(DATABASE)


@pytest.fixture
def connection(postgres: Postgres, database: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """A function that lets Airflow know a connection of a role to the store."""

    def save(name: str, role: str) -> None:
        dsn = {WORDS[key]: value for key, value in postgres.dsn(database, role).items()}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps({"conn_type": "postgres", **dsn}))

    return save


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))

    def command(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture
def separate(connection: Callable[[str, str], None], run: Run, postgres: Postgres, database: str) -> None:
    """The logins of the demo: an owner for migrations, a page, tasks."""
    connection("export_jobs_store", logins.PAGE_LOGIN)
    connection("export_jobs_store_tasks", logins.TASKS_LOGIN)
    connection("export_jobs_store_owner", logins.OWNER)
    assert run("db", "upgrade")[:2] == (0, "The store's tables are up to date.\n")
    with psycopg.connect(**postgres.dsn(database, logins.OWNER)) as session:
        session.execute(logins.ROLES_OF_LOGINS)


@pytest.fixture
def delivered(separate: None, postgres: Postgres, database: str) -> Iterator[Store]:
    """A job with a delivery, seen as the owner."""
    dsn = postgres.dsn(database, logins.OWNER)
    store = Store(dsn, create_store_engine(dsn))
    store.definitions.save_destination(DestinationSpec(tag="partner", kind="sftp", connection="c", folder="in"))
    store.definitions.create_template(Template(name="rows", kind="standard", fact="purchases"))
    store.definitions.create_template(Template(name="totals", kind="custom", kpis=("sales",)))
    execution = store.run(store.create())
    store.ledger.claim(execution.id, "rows", "upload", "first")
    with store.ledger.fence_delivery(delivery(execution), "upload", "first"):
        pass
    yield store
    store.engine.dispose()


def manifest(store: Store, folder: Path, **changes: Any) -> Path:
    """A manifest with what the ledger knows of it, published."""
    head = store.ledger.head_of_execution(1)
    known = {"sequence": head.sequence, "hash": head.hash}
    content = json.dumps({"job": "sales", "job_id": 1, "manifest_version": 1, "ledger": known, **changes}).encode()
    store.ledger.claim(1, "", "publish", "first")
    execution = store.run(store.definitions.jobs()[0])
    record = publication(execution, sha256=hashlib.sha256(content).hexdigest(), stage=str(len(content)))
    with store.ledger.fence_publication(record, "publish", "first"):
        pass
    file = folder / "sales.manifest.json"
    file.write_bytes(content)
    return file


def tamper(postgres: Postgres, statement: str) -> None:
    with administrator(postgres, DATABASE) as session:
        session.execute("SET session_replication_role = replica")
        assert session.execute(statement.encode()).rowcount


def test_a_ledger_that_is_whole(delivered: Store, run: Run, tmp_path: Path) -> None:
    assert run("ledger", "verify") == (
        0,
        "6 entries in 4 chains: every entry is unchanged since it was written.\n",
        "",
    )
    assert run("ledger", "verify", "SALES")[:2] == (
        0,
        "3 entries in 1 chain: every entry is unchanged since it was written.\n",
    )
    code, said, _ = run("ledger", "verify", "--manifest", manifest(delivered, tmp_path), "--format", "json")
    document = json.loads(said)
    assert (code, document["is_intact"], document["chains"][0]["head"]["sequence"]) == (0, True, 4)


def test_an_edited_entry_is_named_with_exit_code_1(delivered: Store, run: Run, postgres: Postgres) -> None:
    tamper(postgres, "UPDATE export_jobs.delivery SET rows = 4")
    code, said, _ = run("ledger", "verify")
    assert code == 1
    assert said.splitlines()[1].split()[:5] == ["job", "sales", "3", "delivery", "1"]
    assert said.splitlines()[1].endswith("was changed after it was written")
    code, said, _ = run("ledger", "verify", "sales", "--format", "json")
    (fault,) = json.loads(said)["chains"][0]["faults"]
    assert (code, fault["sequence"], fault["entry"]) == (1, 3, "delivery 1")


def test_a_cut_tail_is_found_with_a_manifest(delivered: Store, run: Run, postgres: Postgres, tmp_path: Path) -> None:
    file = manifest(delivered, tmp_path)
    for statement in (
        "DELETE FROM export_jobs.publication",
        "DELETE FROM export_jobs.delivery",
        "DELETE FROM export_jobs.chain_entry WHERE chain = 'job 1' AND sequence > 2",
        """UPDATE export_jobs.chain_head h SET sequence = 2, hash = e.hash FROM export_jobs.chain_entry e
        WHERE h.chain = 'job 1' AND e.chain = 'job 1' AND e.sequence = 2""",
    ):
        tamper(postgres, statement)
    assert run("ledger", "verify")[0] == 0
    code, said, _ = run("ledger", "verify", "--manifest", file)
    assert code == 1
    assert "its end was removed" in said and "the ledger has no publication of these bytes" in said


def test_an_edited_manifest_is_found(delivered: Store, run: Run, tmp_path: Path) -> None:
    file = manifest(delivered, tmp_path)
    file.write_bytes(file.read_bytes().replace(b'"manifest_version": 1', b'"manifest_version": 1, "rows": 7'))
    code, said, _ = run("ledger", "verify", "sales", "--manifest", file)
    assert code == 1 and "the ledger has no publication of these bytes" in said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{}", "is not a manifest that contains the state of the ledger"),
        (b"\xff\x00", "is not a manifest"),
        (b'{"job": "sales", "job_id": 1, "manifest_version": 1}', "is not a manifest that contains"),
    ],
)
def test_what_is_no_manifest_is_said(delivered: Store, run: Run, tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "other.json"
    file.write_bytes(content)
    code, _, said = run("ledger", "verify", "--manifest", file)
    assert code == 1 and sentence in said and "Traceback" not in said


def test_a_file_that_is_not_there_and_a_job_that_is_not(delivered: Store, run: Run, tmp_path: Path) -> None:
    assert "cannot be read (No such file" in run("ledger", "verify", "--manifest", tmp_path / "gone")[2]
    assert "There is no job 'sale'. Perhaps you mean 'sales'" in run("ledger", "verify", "sale")[2]
    wrong = run("ledger", "verify", "other", "--manifest", manifest(delivered, tmp_path))
    assert "is a manifest of job 'sales', not of 'other'" in wrong[2]


def test_the_history_of_a_deleted_job_is_proven_by_its_name(delivered: Store, run: Run) -> None:
    delivered.definitions.delete("sales", "ben")
    assert run("ledger", "verify", "sales")[:2] == (
        0,
        "4 entries in 1 chain: every entry is unchanged since it was written.\n",
    )


def test_the_commands_work_as_the_page_and_cannot_migrate_as_it(
    separate: None, run: Run, monkeypatch: pytest.MonkeyPatch, postgres: Postgres
) -> None:
    assert run("list")[0] == 0
    monkeypatch.delenv("AIRFLOW_CONN_EXPORT_JOBS_STORE_OWNER")
    with administrator(postgres, DATABASE) as session:
        session.execute("UPDATE export_jobs.alembic_version SET version_num = '0002'")
    code, _, said = run("db", "upgrade")
    assert code == 1 and "is only for the owner" in said


def test_the_doctor_likes_separate_logins(separate: None) -> None:
    assert [(result.subject, result.outcome) for result in store_checks()] == [("store", "ok"), ("store rights", "ok")]


def test_the_doctor_warns_of_a_login_that_owns_the_store(connection: Callable[[str, str], None], run: Run) -> None:
    """A plain installation with one login works, and is told what that login could do."""
    connection("export_jobs_store", logins.OWNER)
    assert run("db", "upgrade")[0] == 0
    store, rights = store_checks()
    assert (store.outcome, rights.outcome) == ("ok", "warning")
    assert "'export_jobs' owns the store's tables" in rights.what and "export_jobs_page" in rights.remedy


def test_the_doctor_names_the_role_that_a_login_lacks(separate: None, connection: Callable[[str, str], None]) -> None:
    connection("export_jobs_store_tasks", logins.PAGE_LOGIN)
    failed = store_checks()[0]
    assert failed.outcome == "failed" and "INSERT on export_jobs.delivery" in failed.what
    assert failed.remedy == "Ask the store's owner to grant it export_jobs_tasks"


def test_the_doctor_warns_of_public_rights(separate: None, postgres: Postgres) -> None:
    with administrator(postgres, DATABASE) as session:
        session.execute(f"GRANT TEMPORARY ON DATABASE {DATABASE} TO PUBLIC")
    warning = store_checks()[1]
    assert warning.outcome == "warning"
    assert warning.what == f"every login of the database may create temporary tables in the database {DATABASE}"


def store_checks() -> list[Any]:
    from export_jobs.orchestration.airflow.api import AirflowApi
    from export_jobs.orchestration.doctor.result import Surroundings
    from export_jobs.orchestration.doctor.store import store_is_current

    return list(store_is_current(Surroundings(AirflowApi.from_connection)))
