"""One FTP connection after login: the requests of a delivery, with errors turned into ours."""

from __future__ import annotations

import ftplib
import hashlib
import logging
import posixpath
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType

from export_jobs.delivery.existing_file import RemoteFile
from export_jobs.delivery.ftp.client import connected_client
from export_jobs.delivery.ftp.errors import (
    CLOSING,
    NOT_THERE,
    RenameRefusedError,
    code_of,
    encoding_error,
    ftp_login_error,
    is_missing_error,
    is_permission_error,
    is_unknown_command,
    no_rename_error,
    stored_and_gone_error,
    transfer_error,
)
from export_jobs.delivery.ftp.facts import mlst_facts, size_of, utc_seconds
from export_jobs.delivery.ftp.hidden_file import is_hidden_file
from export_jobs.delivery.ftp.listing import names_in
from export_jobs.delivery.ftp.login import FtpLogin
from export_jobs.errors import ExportError, TerminalError

log = logging.getLogger(__name__)

TRANSFER_BYTES = 1024 * 1024
GOODBYE_SECONDS = 10.0
_TROUBLE = (ftplib.Error, OSError, EOFError)


class FtpSession:
    """A connection whose current folder is the destination's; every path is relative to it. Close it by ``with``."""

    def __init__(self, login: FtpLogin, folder: str, stall_seconds: float) -> None:
        self.where = login.where
        self._login, self._folder = login, folder
        self._stall_seconds = stall_seconds
        self.alive = False
        self._connect()

    def _connect(self) -> None:
        try:
            self._client = connected_client(self._login, self._stall_seconds)
        except _TROUBLE as error:
            raise ftp_login_error(error, self._login) from error
        try:
            self._features = self._ask_features()
            self._enter(self._folder)
        except BaseException:
            self._client.close()
            raise
        self.alive = True

    def reopen(self) -> None:
        """Log in again after the connection was lost, and open the same folder."""
        self._client.close()
        self._connect()

    def __enter__(self) -> FtpSession:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def look(self, path: str) -> RemoteFile | None:
        """Return what the server reports of a file; None if there is none, or if the server does not say."""
        if "MLST" in self._features:
            return self._look_by_facts(path)
        with self._translated("looking at", path):
            try:
                self._client.voidcmd("TYPE I")
                size = size_of(self._client.sendcmd(f"SIZE {path}"))
            except (ftplib.error_perm, ftplib.error_temp) as error:
                if is_unknown_command(error):
                    return self._look_by_name(path)
                if code_of(error) == NOT_THERE or is_missing_error(error):
                    return self._look_by_rename(path, error)
                raise
        return RemoteFile(size, self._modified(path))

    def store(self, path: str, blocks: Iterator[bytes]) -> None:
        """Write a file from its blocks; it is complete when this returns."""
        with self._translated("sending", path):
            data = self._open_data(f"STOR {path}")
            try:
                for block in blocks:
                    data.sendall(block)
                if isinstance(data, ssl.SSLSocket):
                    data.settimeout(min(self._stall_seconds, GOODBYE_SECONDS))
                    # End the stream, so that it is not taken for a truncated one; some servers do not answer.
                    with suppress(OSError):
                        data.unwrap()
            finally:
                data.close()
            self._client.voidresp()

    def sha256(self, path: str) -> str:
        """Read a file back and return the SHA-256 (hex) of its content."""
        digest = hashlib.sha256()
        with self._translated("reading back", path):
            data = self._open_data(f"RETR {path}")
            try:
                while block := data.recv(TRANSFER_BYTES):
                    digest.update(block)
            except ssl.SSLEOFError:
                pass  # the server closed without TLS's close; a truncated file has another digest
            finally:
                data.close()
            self._client.voidresp()
        return digest.hexdigest()

    def rename(self, old: str, new: str) -> None:
        """Rename a file; if it is no longer there, its receiver has taken it."""
        with self._translated("renaming to", new):
            try:
                self._client.sendcmd(f"RNFR {old}")
            except ftplib.error_perm as error:
                if is_permission_error(error) or self.look(old) is not None:
                    raise no_rename_error(self.where, old) from error
                raise stored_and_gone_error(self.where, old) from error
            try:
                self._client.voidcmd(f"RNTO {new}")
            except ftplib.error_perm as error:
                failure = transfer_error(error, self.where, "renaming to", new)
                raise RenameRefusedError(failure.what, failure.remedy) from error

    def remove(self, path: str) -> None:
        """Remove a file, if it exists."""
        with self._translated("removing", path):
            try:
                self._client.delete(path)
            except (ftplib.error_perm, ftplib.error_temp) as error:
                if code_of(error) != NOT_THERE and not is_missing_error(error):
                    raise

    def remove_quietly(self, path: str) -> None:
        """Remove a file that is no longer needed; if the server refuses, it stays."""
        try:
            self.remove(path)
        except ExportError as error:
            log.warning("%s stays on %s: %s", path, self.where, error)

    def may_remove(self, path: str) -> bool:
        """Return whether the login may remove files, by a request for a file that does not exist."""
        with self._translated("checking the permission to remove", path):
            try:
                self._client.delete(path)
            except (ftplib.error_perm, ftplib.error_temp) as error:
                if isinstance(error, ftplib.error_temp) and not is_missing_error(error):
                    raise
                return not (is_permission_error(error) or is_unknown_command(error))
        return True

    def require_rename(self, path: str) -> None:
        """Raise ``TerminalError`` if the login may not rename, by a request for a file that does not exist."""
        with self._translated("checking the permission to rename", path):
            try:
                self._client.sendcmd(f"RNFR {path}")
            except (ftplib.error_perm, ftplib.error_temp) as error:
                if isinstance(error, ftplib.error_temp) and not is_missing_error(error):
                    raise
                if is_permission_error(error):
                    raise no_rename_error(self.where, path) from error

    def close(self) -> None:
        """Close the connection; a second call does nothing."""
        if self._client.sock is None:
            return
        self._client.sock.settimeout(min(self._stall_seconds, GOODBYE_SECONDS))
        with suppress(*_TROUBLE):
            self._client.quit()
        self._client.close()

    def names_in(self, folder: str) -> list[str] | None:
        """Return the names in a folder, also hidden ones if the server shows them; None if it refuses to list."""
        with self._translated("listing", folder):
            return names_in(self._client, folder, has_facts="MLST" in self._features)

    def create_folder(self, folder: str) -> None:
        """Create a folder, unless it exists."""
        with self._translated("creating the sub-folder", folder):
            try:
                self._client.mkd(folder)
            except ftplib.error_perm:
                here = self._client.pwd()
                self._client.cwd(folder)  # raises where the folder is not there for another reason
                self._client.cwd(here)

    def _open_data(self, command: str) -> socket.socket:
        """Start a binary transfer; the mode is set each time, since listing a folder leaves text mode on."""
        self._client.voidcmd("TYPE I")
        return self._client.transfercmd(command)

    def _enter(self, folder: str) -> None:
        if folder in {"", "."}:
            return
        with self._translated("opening the target folder", folder):
            try:
                self._client.cwd(folder)
            except ftplib.error_perm as error:
                if code_of(error) != NOT_THERE:
                    raise
                raise TerminalError(
                    f"The folder {folder} does not exist on {self.where}, or this login may not open it",
                    "Create it there, or correct the folder of the destination",
                ) from error

    def _ask_features(self) -> set[str]:
        """Return the extensions that the server supports; none if it does not say."""
        try:
            answer = self._client.sendcmd("FEAT")
        except ftplib.Error:
            return set()
        features = {
            line.split()[0].upper() for line in answer.splitlines()[1:] if line.startswith(" ") and line.strip()
        }
        if "UTF8" in features:
            with suppress(ftplib.Error):
                self._client.sendcmd("OPTS UTF8 ON")
        return features

    def _look_by_name(self, path: str) -> RemoteFile | None:
        """Look in the listing if no sizes are reported: only the content tells whose it is. None also without one."""
        folder, name = posixpath.split(path)
        return RemoteFile(None) if name in (self.names_in(folder) or ()) else None

    def _look_by_rename(self, path: str, refusal: ftplib.Error) -> RemoteFile | None:
        return RemoteFile(None) if is_hidden_file(self._client, path, refusal) else None

    def _look_by_facts(self, path: str) -> RemoteFile | None:
        with self._translated("looking at", path):
            try:
                answer = self._client.sendcmd(f"MLST {path}")
            except (ftplib.error_perm, ftplib.error_temp) as error:
                if is_unknown_command(error):  # some servers announce a command that they do not have
                    self._features.discard("MLST")
                    return self.look(path)
                if code_of(error) == NOT_THERE or is_missing_error(error):
                    return self._look_by_rename(path, error)
                raise
        facts = mlst_facts(answer)
        if facts.get("type", "file").lower() != "file":
            raise TerminalError(
                f"{path} on {self.where} is a folder, so no file of that name can be delivered",
                "Remove the folder there, or give the job another name or sub-folder",
            )
        size = facts.get("size", "")
        return RemoteFile(int(size) if size.isdecimal() else None, utc_seconds(facts.get("modify", "")))

    def _modified(self, path: str) -> int | None:
        if "MDTM" not in self._features:
            return None
        with self._translated("looking at", path):
            try:
                return utc_seconds(self._client.sendcmd(f"MDTM {path}").partition(" ")[2])
            except ftplib.error_perm:
                return None

    @contextmanager
    def _translated(self, doing: str, path: str) -> Iterator[None]:
        try:
            yield
        except UnicodeEncodeError as error:
            raise encoding_error(self.where, path, self._login.encoding) from error
        except _TROUBLE as error:
            # Else there was no answer, or the server said that it closes the connection.
            self.alive = self.alive and isinstance(error, ftplib.Error) and code_of(error) != CLOSING
            raise transfer_error(error, self.where, doing, path) from error
