"""The folder of a delivery on the server: that it is there, its sub-folders, and what killed attempts left in it."""

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
    """The target folder is the partner's: a wrong name must be reported, never made into a new folder.

    Where the server does not let it be looked at, the first file that is written there tells.
    """
    look = await session.look("looking for the target folder", folder)
    if look.is_absent:
        raise folder_missing_error(session.where, folder)
    if look.attributes is not None and not is_directory(look.attributes):
        raise TerminalError(
            f"{folder} on {session.where} is a file, not a folder", "Correct the folder of the destination"
        )


async def create_subfolders(session: SftpSession, folder: str, path: str) -> None:
    """Make what ``path``, relative to ``folder``, needs above its last part."""
    here = folder
    for part in split_safe_path(path)[:-1]:
        here = posixpath.join(here, part)
        look = await session.look("looking for the sub-folder", here)
        if look.attributes is None:
            try:
                await session.ask("creating the sub-folder", session.client.mkdir(here))
                continue
            except asyncssh.SFTPError as error:
                # Another delivery may have made it in between, or nobody may look; only its absence is a failure.
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
    """Remove what killed attempts at ``final`` left; their uploads then have no name to be renamed from.

    What may not be listed or removed stays, with a warning: it keeps no new file from coming.
    """
    doing = "looking for unfinished uploads"
    try:
        # As bytes: one name in another encoding, which may be anybody's, must not hide all the others.
        listed = await session.ask(doing, session.client.listdir(folder.encode()))
    except MISSING:
        return  # the first file that is written there tells
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
            # Whatever it answers: servers exist that refuse with "Failure" alone.
            log.warning("The unfinished upload %s stays on %s: %s", name, session.where, error)


async def remove_quietly(session: SftpSession, path: str) -> None:
    """Remove what is no longer needed; where that is refused, it stays."""
    try:
        await session.remove(path)
    except ExportError as error:
        log.warning("%s stays on %s: %s", path, session.where, error)
