"""What is found wrong with a chain of hashes."""

from __future__ import annotations

from export_jobs.store.chain import ChainHead
from tests.integration.store.samples import Store

JOB = "job 1"


def faults(store: Store, known: ChainHead | None = None, chain: str = JOB) -> list[tuple[int | None, str, str]]:
    found = store.ledger.verify(chain, known).faults
    return [(fault.sequence, fault.entry, fault.what) for fault in found]
