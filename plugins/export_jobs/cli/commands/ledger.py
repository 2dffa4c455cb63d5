"""``ledger verify``: whether every entry of the ledger is unchanged since it was written."""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import asdict
from pathlib import Path

from pydantic import BaseModel, ValidationError

from export_jobs.cli import session
from export_jobs.cli.output import Output
from export_jobs.core.files.manifest import ManifestLedger
from export_jobs.errors import UserError
from export_jobs.store.chain import ChainFault, ChainHead, ChainReport
from export_jobs.store.ledger import Ledger


class _LedgerOfManifest(BaseModel):
    """The keys that are read from a manifest; its other keys can belong to a later version."""

    job: str
    job_id: int
    ledger: ManifestLedger


def verify(options: argparse.Namespace, output: Output) -> int:
    """Show the faults of every chain, or of one job's; with ``--manifest`` also compare with the manifest's head."""
    ledger = session.ledger()
    if options.manifest:
        reports = [_against_manifest(ledger, Path(options.manifest), options.job)]
    else:
        reports = [ledger.verify(chain) for chain in _chains(ledger, options.job)]
    faults = [(report.name, fault) for report in reports for fault in report.faults]
    if faults:
        lines = [(name, fault.sequence, fault.entry, fault.what) for name, fault in faults]
        output.table(("CHAIN", "NUMBER", "ENTRY", "FAULT"), lines)
    else:
        entries = sum(report.head.sequence for report in reports)
        chains = f"{len(reports)} chain{'s' * (len(reports) != 1)}"
        output.line(f"{entries} entries in {chains}: every entry is unchanged since it was written.")
    output.json({"is_intact": not faults, "chains": [asdict(report) for report in reports]})
    return 1 if faults else 0


def _chains(ledger: Ledger, name: str | None) -> list[str]:
    if name is None:
        return ledger.chains()
    chains = ledger.chains_of(name)
    if not chains:
        session.stored_job(name)  # raises an error with similar names
    return chains


def _against_manifest(ledger: Ledger, file: Path, name: str | None) -> ChainReport:
    content = _read(file)
    try:
        manifest = _LedgerOfManifest.model_validate_json(content)
    except ValidationError:
        raise UserError(
            f"{file} is not a manifest that contains the state of the ledger",
            "Use a `...manifest.json` that this version or a later one has delivered",
        ) from None
    if name is not None and name.lower() != manifest.job.lower():
        raise UserError(
            f"{file} is a manifest of job {manifest.job!r}, not of {name!r}", "Leave out the job, or name that job"
        )
    known = ChainHead(manifest.ledger.sequence, manifest.ledger.hash)
    report = ledger.verify(f"job {manifest.job_id}", known)
    if ledger.knows_publication(manifest.job_id, hashlib.sha256(content).hexdigest()):
        return report
    what = "the ledger has no publication of these bytes: the file was edited, or the entry was removed"
    unknown = ChainFault(report.chain, None, "the manifest itself", what)
    return ChainReport(report.chain, report.name, report.head, (*report.faults, unknown))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserError(f"{file} cannot be read ({error.strerror})", "Correct the path") from None
