"""Airflow's connections to the demo's servers, and the shell file for working with them by hand."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from demo.airflow_processes import Airflow
from demo.ftps_server import FtpsServer
from demo.kept import write_private
from demo.postgres import Postgres
from demo.s3_server import S3Server
from demo.sftp_server import BOX, SftpServer
from demo.smtp_server import SmtpServer

Connection = dict[str, Any]
# Also given as AIRFLOW_CONN_…: the command line works on the store while Airflow is down.
IN_ENVIRONMENT = ("export_jobs_store", "export_jobs_store_tasks", "export_jobs_airflow_api")


def database(postgres: Postgres, name: str, role: str) -> Connection:
    """Return the connection of a role to a database."""
    dsn = postgres.dsn(name, role)
    login = {"login": role, "password": dsn["password"], "schema": name}
    return {"conn_type": "postgres", "host": dsn["host"], "port": dsn["port"], **login}


def sftp_by_password(sftp: SftpServer) -> Connection:
    """Return the partner's connection with a password; the server's key is pinned."""
    server = {"conn_type": "sftp", "host": "127.0.0.1", "port": sftp.port, "login": sftp.user}
    return server | {"password": sftp.password, "extra": {"host_key": sftp.host_key}}


def sftp_by_key(sftp: SftpServer) -> Connection:
    """Return the partner's connection with an encrypted private key; the server's key is pinned."""
    key = {"private_key": sftp.private_key, "private_key_passphrase": sftp.passphrase, "host_key": sftp.host_key}
    return {"conn_type": "sftp", "host": "127.0.0.1", "port": sftp.port, "login": sftp.user, "extra": key}


def sftp_drop_box(sftp: SftpServer) -> Connection:
    """Return the connection to the drop box; the server's key is pinned."""
    return sftp_by_password(sftp) | {"login": BOX}


def ftps(server: FtpsServer) -> Connection:
    """Return the connection to the FTPS server, with its certificate as the authority."""
    login = {"login": server.user, "password": server.password, "host": "127.0.0.1", "port": server.port}
    return {"conn_type": "ftp", **login, "extra": {"ca_certificate": server.certificate}}


def s3(server: S3Server) -> Connection:
    """Return the connection to the S3 endpoint."""
    extra = {"endpoint_url": server.url, "region_name": server.region}
    return {"conn_type": "aws", "login": server.keys["access"], "password": server.keys["secret"], "extra": extra}


def smtp(server: SmtpServer) -> Connection:
    """Return the connection to the mail server, which speaks no TLS: nothing leaves this machine."""
    login = {"login": server.user, "password": server.password, "host": "127.0.0.1", "port": server.port}
    extra = {"from_email": "exports@example.com", "disable_ssl": True, "disable_tls": True, "retry_limit": 1}
    return {"conn_type": "smtp", **login, "extra": extra}


def airflow_api(airflow: Airflow) -> Connection:
    """Return the connection to Airflow's own public API, as the user ``admin``."""
    login = {"login": "admin", "password": airflow.password("admin")}
    return {"conn_type": "http", "schema": "http", "host": "127.0.0.1", "port": airflow.port, **login}


def as_variables(connections: Mapping[str, Connection]) -> dict[str, str]:
    """Return connections as the environment variables in which Airflow finds them."""
    return {f"AIRFLOW_CONN_{name.upper()}": json.dumps(connection) for name, connection in connections.items()}


def save(airflow: Airflow, connections: Mapping[str, Connection], pools: Mapping[str, int]) -> None:
    """Save connections and pools in the running Airflow; replace those of an earlier start, whose ports may differ."""
    entities = [
        {"connection_id": name, **connection, "extra": json.dumps(connection.get("extra", {}))}
        for name, connection in connections.items()
    ]
    slots = [{"name": name, "slots": size, "include_deferred": False} for name, size in pools.items()]
    with airflow.client() as client:
        for path, batch in (("connections", entities), ("pools", slots)):
            action = {"action": "create", "action_on_existence": "overwrite", "entities": batch}
            answer = client.patch(f"/api/v2/{path}", json={"actions": [action]}).raise_for_status().json()
            if errors := answer["create"]["errors"]:
                raise RuntimeError(f"Airflow refused the demo's {path}: {errors}")


def write_shell_file(file: Path, airflow: Airflow, connections: Mapping[str, Connection]) -> None:
    """Write what ``export-jobs`` and ``airflow`` need in a shell: ``source`` it. It contains passwords: 0600."""
    variables = {name: value for name, value in airflow.environment().items() if name.startswith(("AIRFLOW", "EXPORT"))}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in (variables | as_variables(connections)).items()]
    programs = Path(sys.executable).parent  # not resolved: the virtual environment's own folder
    write_private(file, "\n".join([*lines, f'export PATH={shlex.quote(str(programs))}:"$PATH"', ""]))
