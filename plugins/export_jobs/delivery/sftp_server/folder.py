"""The folder of a delivery on the server: its existence, its sub-folders, and the left-overs of killed attempts."""

from __future__ import annotations

import logging
import posixpath

import asyncssh

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.delivery.paths import is_temporary_of, split_safe_path
from export_jobs.delivery.sftp_server.errors import MISSING, folder_missing_error
from export_jobs.delivery.sftp_server.session import SftpSession, is_directory
from export_jobs.errors import ExportError, TerminalError

log = logging.getLogger(__name__)


async def require_folder(session: SftpSession, folder: str) -> None:
    """Raise ``TerminalError`` unless the target folder exists. It is the partner's, so it is never created.

    If the server does not allow a look at it, the first file that is written there shows whether it exists.
    """
    look = await session.look("looking for the target folder", folder)
    if look.is_absent:
        raise folder_missing_error(session.where, folder)
    if look.attributes is not None and not is_directory(look.attributes):
        raise TerminalError(
            f"{folder} on {session.where} is a file, not a folder", "Correct the folder of the destination"
        )


async def create_subfolders(session: SftpSession, folder: str, path: str) -> None:
    """Create the sub-folders that ``path``, relative to ``folder``, needs."""
    here = folder
    for part in split_safe_path(path)[:-1]:
        here = posixpath.join(here, part)
        look = await session.look("looking for the sub-folder", here)
        if look.attributes is None:
            try:
                await session.ask("creating the sub-folder", session.client.mkdir(here))
                continue
            except asyncssh.SFTPError as error:
                # Another delivery may have created it meanwhile, or no look is allowed; only its absence is a failure.
                look = await session.look("looking for the sub-folder", here)
                if look.is_absent:
                    raise await session.error_for(error, "creating the sub-folder", here) from error
        if look.attributes is not None and not is_directory(look.attributes):
            raise TerminalError(
                f"{here} on {session.where} is a file, but the job needs a sub-folder of that name",
                "Remove the file there, or choose another sub-folder for the job",
            )


async def remove_left_overs(
    session: SftpSession, folder: str, final: str, options: DestinationOptions, spared: str = ""
) -> None:
    """Remove uploads that killed attempts at ``final`` left, so that those attempts can no longer rename them.

    What cannot be listed or removed stays, with a warning: it does not prevent a new file.
    """
    doing = "looking for unfinished uploads"
    try:
        # As bytes: one name in another encoding must not hide all the others.
        listed = await session.ask(doing, session.client.listdir(folder.encode()))
    except MISSING:
        return  # the first file that is written there reports it
    except asyncssh.SFTPError as error:
        answer = type(error).__name__
        log.warning("No permission to list %s on %s (%s): unfinished uploads stay there", folder, session.where, answer)
        return
    for name in (raw.decode("utf-8", "surrogateescape") for raw in listed):
        if name == spared or not is_temporary_of(final, name, options.temporary_name):
            continue
        try:
            await session.remove(posixpath.join(folder, name))
        except ExportError as error:
            if not session.alive:
                raise
            # Whatever the answer: some servers refuse only with "Failure".
            log.warning("The unfinished upload %s stays on %s: %s", name, session.where, error)


async def remove_quietly(session: SftpSession, path: str) -> None:
    """Remove a file that is no longer needed; if the server refuses, it stays."""
    try:
        await session.remove(path)
    except ExportError as error:
        log.warning("%s stays on %s: %s", path, session.where, error)
