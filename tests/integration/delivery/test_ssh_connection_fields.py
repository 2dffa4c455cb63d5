"""Each field of Airflow's SFTP connection counts for a login, or is refused before a packet."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.ftp.login import read_ftp_login
from export_jobs.delivery.sftp import SftpDestination
from export_jobs.delivery.ssh.login import read_login
from export_jobs.errors import TerminalError, TransientError, UserError
from export_jobs.orchestration.airflow.connections import open_destination
from export_jobs.orchestration.airflow.s3_client import NOT_USED
from tests.servers.sftp_faults import PASSWORD, USER, FaultySftpServer

pytestmark = pytest.mark.integration


def check(server: FaultySftpServer, legacy: bool = False, **extra: Any) -> Any:
    """Log in with more in the extra; returns what was agreed, as the server has it."""
    whole = {"host_key": server.host_key_line, **extra}
    destination = SftpDestination(Credentials("127.0.0.1", server.port, USER, PASSWORD, whole), "/in")
    agreed: dict[str, Any] = {}
    login_made = server.login.begin_auth

    def note(self: Any, username: str) -> bool:
        for name in ("recv_cipher", "recv_mac", "recv_compression"):
            agreed[name] = self._conn.get_extra_info(name)
        agreed["kex"] = self._conn._kex.algorithm.decode() if self._conn._kex else ""
        return bool(login_made(self, username))

    server.login = type("Login", (server.login,), {"begin_auth": note})
    try:
        destination.check()
    finally:
        server.login = server.login.__base__  # type: ignore[assignment]
    return agreed


@pytest.mark.parametrize("ciphers", [["aes256-ctr", "aes128-ctr"], "aes256-ctr,aes128-ctr"])
def test_ciphers_are_taken_in_the_order_of_the_connection(sftp: FaultySftpServer, ciphers: object) -> None:
    assert check(sftp, ciphers=ciphers)["recv_cipher"] == "aes256-ctr"


def test_disabled_algorithms_are_not_used(sftp: FaultySftpServer) -> None:
    usual = check(sftp)
    disabled = {"ciphers": [usual["recv_cipher"]], "macs": [usual["recv_mac"]]}
    now = check(sftp, disabled_algorithms=disabled)
    assert now["recv_cipher"] != usual["recv_cipher"]


def test_compress_is_for_those_who_ask_for_it(sftp: FaultySftpServer) -> None:
    assert check(sftp)["recv_compression"] == "none"
    assert "zlib" in check(sftp, compress="true")["recv_compression"]
    assert check(sftp, compress="false")["recv_compression"] == "none"


def test_conn_timeout_ends_a_login_that_is_not_answered(sftp: FaultySftpServer) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as mute:
        extra = {"host_key": sftp.host_key_line, "conn_timeout": 1}
        credentials = Credentials("127.0.0.1", mute.getsockname()[1], USER, PASSWORD, extra)
        with pytest.raises(TransientError, match="did not answer in time"):
            SftpDestination(credentials, "/in", connect_seconds=600).check()


def test_a_host_key_algorithm_may_be_chosen(sftp: FaultySftpServer) -> None:
    check(sftp, host_key_algorithms=["ssh-ed25519"])


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({"ciphers": ["3des-cbc"]}, "leaves no algorithm for encryption"),
        ({"ciphers": 5}, "ciphers in the connection of .* cannot be read"),
        ({"disabled_algorithms": ["aes"]}, "disabled_algorithms in the connection of .* cannot be read"),
        ({"disabled_algorithms": {"hashes": []}}, "disabled_algorithms in the connection of .* cannot be read"),
        ({"conn_timeout": "soon"}, "conn_timeout .* is not a number of seconds"),
        ({"look_for_keys": "true"}, "look_for_keys"),
        ({"ignore_hostkey_verification": True}, "any impostor"),
        ({"known_hosts": "none"}, "known_hosts"),
        ({"host_proxy_cmd": "nc proxy 22"}, "host_proxy_cmd"),
        ({"ssh_conn_id": "other"}, "ssh_conn_id"),
        ({"timeout": 5}, "conn_timeout"),
        ({"no_host_key_chek": "true"}, "'no_host_key_chek' .*'no_host_key_check'"),
        ({"host_keys": "SHA256:x"}, "'host_keys' .*'host_key'"),
        ({"privatekey": "x"}, "'privatekey' .*'private_key'"),
    ],
    ids=str,
)
def test_what_cannot_be_honoured_is_refused_before_a_packet(extra: dict[str, Any], words: str) -> None:
    with pytest.raises(TerminalError, match=words) as caught:
        read_login(Credentials("sftp.example", 22, USER, PASSWORD, extra))
    assert caught.value.remedy


UNIMPORTANT: list[dict[str, Any]] = [
    {"look_for_keys": "false"},
    {"cmd_timeout": 5},
    {"known_hosts": ""},
    {"ciphers": []},
]


@pytest.mark.parametrize("extra", UNIMPORTANT, ids=str)
def test_what_changes_nothing_is_no_fault(extra: dict[str, Any]) -> None:
    read_login(Credentials("sftp.example", 22, USER, PASSWORD, extra))


@pytest.mark.parametrize(
    "read", [read_login, partial(read_ftp_login, plain=False)], ids=["of type SFTP", "of type FTP"]
)
@pytest.mark.parametrize("extra", [{"cost_centre": "4711"}, {"__comment": "mended by Ann"}], ids=str)
def test_a_field_that_is_like_no_other_stops_nothing_and_is_named_in_the_log(
    read: Callable[[Credentials], object], extra: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    read(Credentials("partner.example", None, USER, PASSWORD, extra))
    (name,) = extra
    assert f"'{name}' in its extra, which has no effect on deliveries" in caplog.text
    assert extra[name] not in caplog.text


@pytest.mark.parametrize(("name", "meant"), [("pasive", "passive"), ("implicit-tls", "implicit_tls")])
def test_a_misspelled_field_of_an_ftp_connection_is_refused(name: str, meant: str) -> None:
    with pytest.raises(TerminalError, match=f"'{name}' .*'{meant}'"):
        read_ftp_login(Credentials("partner.example", 21, USER, PASSWORD, {name: True}), plain=False)


def test_a_field_that_looks_like_one_of_the_aws_hooks_is_refused_and_any_other_is_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    spec = DestinationSpec(tag="a", kind="s3", connection="aws", folder="bucket/in")
    kept = {"conn_type": "aws", "login": "key", "password": "secret", "extra": {"role_arm": "x"}}
    monkeypatch.setenv("AIRFLOW_CONN_AWS", json.dumps(kept))
    with pytest.raises(TerminalError, match=r"'role_arm'.*'role_arn'"):
        open_destination(spec)
    kept["extra"] = {"cost_centre": "x", "region_name": "eu-west-1"}
    monkeypatch.setenv("AIRFLOW_CONN_AWS", json.dumps(kept))
    open_destination(spec)
    assert "'cost_centre' in its extra, which has no effect on deliveries" in caplog.text


@pytest.mark.parametrize("name", NOT_USED)
def test_fields_that_the_aws_hook_passes_over_are_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    kept = {"conn_type": "aws", "login": "key", "password": "secret", "extra": {name: "x", "region_name": "eu-west-1"}}
    monkeypatch.setenv("AIRFLOW_CONN_AWS", json.dumps(kept))
    with pytest.raises(UserError, match=name) as caught:
        open_destination(DestinationSpec(tag="a", kind="s3", connection="aws", folder="bucket/in"))
    assert NOT_USED[name] in caught.value.remedy
