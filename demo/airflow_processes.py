"""Airflow itself: API server, scheduler, Dag processor and triggerer, each in its own process, on our PostgreSQL.

The environment is built from nothing: an ``AIRFLOW_*`` variable of the caller never leaks in. Local log files are read
by the API server from disk, so no component serves logs and no port beside the API server's is opened.
"""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import httpx
import psycopg

from demo.kept import kept, write_private
from demo.postgres import Postgres
from demo.processes import REPOSITORY, ServerProcess, StartError, free_port, plain_environment

COMPONENTS = {
    "api-server": ["api-server"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}
# Seconds to end by themselves. The scheduler waits for running tasks; the others keep nothing that a kill could lose,
# and the triggerer would wait ten seconds for a child that is long gone (3.3.2).
GRACE = {"api-server": 1.0, "scheduler": 20.0, "dag-processor": 5.0, "triggerer": 0.5}
# Many short tasks on two cores, measured with six small tasks a run, one after another.
TUNING = {
    # A supervisor whose task has ended may sleep one heartbeat interval more before it notices (3.3.2), and holds one
    # of the executor's workers meanwhile: at the default of 5 seconds and 4 workers, at most 0.8 tasks a second.
    "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    "CORE__PARALLELISM": "8",
    "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",  # default 1: half of it is added to every step between two tasks
    # Airflow writes a changed Dag at most once in so many seconds, 30 by default, and the scheduler trusts its copy as
    # long: a schedule edited right after another change would go on as it was for that time.
    "CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "0",
    # A Dag whose row is deleted disappears within seconds of the parse; by default it takes up to two minutes.
    "SCHEDULER__PARSING_CLEANUP_INTERVAL": "3",
    "DAG_PROCESSOR__STALE_DAG_THRESHOLD": "2",
}
USUAL_PORT = 8080
USERS = {"admin": "admin", "business": "user", "viewer": "viewer"}


class Airflow:
    """Airflow with its state in ``folder``, on database ``airflow`` of ``postgres``.

    ``without``: components that are not started.
    """

    def __init__(
        self,
        folder: Path,
        postgres: Postgres,
        *,
        dags_folder: Path = REPOSITORY / "dags",
        plugins_folder: Path = REPOSITORY / "plugins",
        extra_env: Mapping[str, str] | None = None,
        usual_port: int | None = USUAL_PORT,
        log_folder: Path | None = None,
        python: str = sys.executable,
        without: Collection[str] = (),
    ) -> None:
        self.folder, self.postgres = folder.resolve(), postgres
        self.log_folder = log_folder or self.folder / "process-logs"
        self.dags_folder, self.plugins_folder = dags_folder, plugins_folder
        self.extra_env: dict[str, str] = dict(extra_env or {})
        self.python = python
        self.components = [component for component in COMPONENTS if component not in without]
        self.port = 0
        self._usual_port = usual_port
        self._processes: dict[str, ServerProcess] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def password(self, user: str = "admin") -> str:
        """Return the password of a user of the page."""
        return self._secrets[f"user {user}"]

    def prepare(self) -> None:
        """Choose the port, write the users and migrate the database to this version of Airflow."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port(self._usual_port)
        passwords = {user: self.password(user) for user in USERS}
        write_private(self._users_file, json.dumps(passwords))
        (self.folder / "config").mkdir(exist_ok=True)
        shutil.copy(Path(__file__).with_name("airflow_local_settings.py"), self.folder / "config")
        if not self._is_migrated():
            self.command("db", "migrate")
            (self.folder / "migrated").write_text(self._revision())

    def start(self) -> None:
        """Start its components; return when each reports that it is healthy."""
        self.prepare()
        for component in self.components:
            self.start_component(component)
        self.wait_until_healthy()

    def start_component(self, component: str) -> None:
        """Start one component again, for drills that stopped it."""
        self._processes[component] = ServerProcess(
            f"Airflow's {component}",
            [self.python, "-m", "airflow", *COMPONENTS[component]],
            log=self.log_folder / f"{component}.log",
            environment=self.environment(),
            grace=GRACE[component],
            folder=self.folder,
        )

    @property
    def is_started(self) -> bool:
        """Whether any component was started and has not been stopped since."""
        return bool(self._processes)

    def component(self, name: str) -> ServerProcess:
        """Return the process of a component; its ``pid`` is for drills that kill it."""
        return self._processes[name]

    def wait_until_healthy(self, seconds: float = 120.0) -> None:
        """Return when every component that was started has a fresh heartbeat."""
        wanted = {name.replace("-", "_") for name in self._processes if name != "api-server"} | {"metadatabase"}

        def healthy() -> bool:
            ended = [name for name, process in self._processes.items() if not process.alive()]
            if ended:
                self._processes[ended[0]].wait_until(lambda: False)
            try:
                state = httpx.get(f"{self.url}/api/v2/monitor/health", timeout=5).json()
            except (httpx.HTTPError, ValueError):
                return False
            return all((state.get(name) or {}).get("status") == "healthy" for name in wanted)

        self._processes["api-server"].wait_until(healthy, seconds=seconds, every=0.1)

    def stop(self) -> None:
        """Stop the components that create work, then those that serve it; running tasks end with the scheduler."""
        for process in self._processes.values():
            if process is not self._processes.get("api-server"):
                process.signal_stop()
        for name in reversed(COMPONENTS):
            if name in self._processes:
                self._processes.pop(name).stop()

    def __enter__(self) -> Airflow:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def client(self, user: str = "admin") -> httpx.Client:
        """Return an HTTP client for Airflow's public API, logged in."""
        login = {"username": user, "password": self.password(user)}
        answer = httpx.post(f"{self.url}/auth/token", json=login, timeout=30).raise_for_status()
        token = answer.json()["access_token"]
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def command(self, *arguments: str) -> str:
        """Run ``airflow …`` in the stack's environment and return what it printed."""
        done = subprocess.run(
            [self.python, "-m", "airflow", *arguments],
            env=self.environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StartError(f"`airflow {' '.join(arguments)}` failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    def environment(self) -> dict[str, str]:
        """Return the whole environment of Airflow's processes and of its command line."""
        settings = {
            "CORE__DAGS_FOLDER": str(self.dags_folder),
            "CORE__PLUGINS_FOLDER": str(self.plugins_folder),
            "CORE__LOAD_EXAMPLES": "False",
            "CORE__EXECUTOR": "LocalExecutor",
            "CORE__FERNET_KEY": self._secrets["fernet"],
            "CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in USERS.items()),
            "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self._users_file),
            "CORE__HOSTNAME_CALLABLE": "socket.gethostname",  # the default asks a name server, which may be absent
            "API__HOST": "127.0.0.1",
            "API__PORT": str(self.port),
            "API__BASE_URL": self.url,
            "API__SECRET_KEY": self._secrets["session"],
            "API_AUTH__JWT_SECRET": self._secrets["jwt"],
            "DATABASE__SQL_ALCHEMY_CONN": self._database_url(),
            "DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
            "LOGGING__BASE_LOG_FOLDER": str(self.folder / "logs"),
            **TUNING,
        }
        named = {f"AIRFLOW__{name}": value for name, value in settings.items()}
        return plain_environment(AIRFLOW_HOME=str(self.folder), PYTHONUNBUFFERED="1", **named) | self.extra_env

    @property
    def _users_file(self) -> Path:
        return self.folder / "users.json"

    @property
    def _secrets(self) -> dict[str, str]:
        def make() -> dict[str, str]:
            fernet = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
            passwords = {f"user {user}": secrets.token_urlsafe(9) for user in USERS}
            return {"fernet": fernet, "session": secrets.token_hex(32), "jwt": secrets.token_hex(64), **passwords}

        return kept(self.folder / "secrets.json", make)

    def _database_url(self) -> str:
        dsn = self.postgres.dsn("airflow", "airflow")
        login = f"{dsn['user']}:{quote_plus(dsn['password'])}"
        return f"postgresql+psycopg2://{login}@/{dsn['dbname']}?host={quote_plus(dsn['host'])}"

    def _is_migrated(self) -> bool:
        """Whether the database has this folder's last migration; asking Airflow itself would take four seconds."""
        done = self.folder / "migrated"
        return done.exists() and done.read_text() == self._revision() != ""

    def _revision(self) -> str:
        try:
            with psycopg.connect(**self.postgres.dsn("airflow", "airflow")) as connection:
                row: Any = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return ""
        return f"{version('apache-airflow-core')} {row[0]}" if row else ""
