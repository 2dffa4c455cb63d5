"""The chain of hashes over the ledger and the changes of definitions: shows whether any entry was changed later.

Triggers write it (``0003_chain.sql``). This module verifies it without functions of the store, which its owner could
replace. There is one chain for each job, and one for each destination and template.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, text

from export_jobs.store.database.access import StoreAccess

KEYS = {
    "job_version": "version",
    "definition_change": "id",
    "execution": "id",
    "execution_event": "id",
    "delivery": "id",
    "publication": "id",
    "notification": "id",
}
"""The column that identifies a row within its chain, by table."""
_OF_JOB = {
    "job_version": "job_id = :job_id",
    "definition_change": "job_id = :job_id",
    "execution": "job_id = :job_id",
}
_OF_EXECUTION = "execution_id IN (SELECT id FROM export_jobs.execution WHERE job_id = :job_id)"
_OF_OTHER = "job_id IS NULL AND noun || ' ' || name = :chain"

_TEXT = "(SELECT jsonb_object_agg(key, value) FROM jsonb_each({row}) WHERE value <> 'null')::text"
_ROWS = "SELECT '{table}' AS noun, {key} AS key, to_jsonb(t) AS content FROM export_jobs.{table} t"


@dataclass(frozen=True)
class ChainHead:
    """The end of a chain: its number of entries, and the hash of the last one. An empty chain has no hash."""

    sequence: int
    hash: str


@dataclass(frozen=True)
class ChainFault:
    """An entry that was changed. ``entry`` names it, such as ``delivery 17``; ``sequence``: its number in the chain."""

    chain: str
    sequence: int | None
    entry: str
    what: str


@dataclass(frozen=True)
class ChainReport:
    """The result for one chain. ``name``: that of its job, destination or template."""

    chain: str
    name: str
    head: ChainHead
    faults: tuple[ChainFault, ...]


class LedgerChain(StoreAccess):
    """The chains of one store, read only."""

    def head_of_execution(self, execution_id: int, destination: str | None = None) -> ChainHead:
        """Return the entry of an execution's newest delivery in its job's chain, or of its opening if it sent no file.

        ``destination``: the newest delivery there, for a job with several.

        It is not the end of the chain: a manifest must have the same content at every try to publish it.
        """
        query = """SELECT c.sequence, c.hash FROM export_jobs.execution e
            JOIN export_jobs.chain_entry c ON c.chain = 'job ' || e.job_id
            WHERE e.id = :id AND ((c.noun = 'execution' AND c.key = e.id) OR (c.noun = 'delivery'
                AND c.key IN (SELECT d.id FROM export_jobs.delivery d WHERE d.execution_id = :id
                    AND d.destination IS NOT DISTINCT FROM CAST(:destination AS text))))
            ORDER BY c.sequence DESC LIMIT 1"""
        return ChainHead(**self._rows(query, id=execution_id, destination=destination)[0])

    def chains_of(self, name: str) -> list[str]:
        """Return the chains of the job ``name`` and of the deleted jobs that had this name, oldest first."""
        query = "SELECT 'job ' || id AS chain FROM export_jobs.job WHERE lower(name) = lower(:name) ORDER BY id"
        return [row["chain"] for row in self._rows(query, name=name)]

    def chains(self) -> list[str]:
        """Return every chain that exists or should exist: each job has one from its first version on."""
        query = """SELECT chain FROM export_jobs.chain_head UNION SELECT chain FROM export_jobs.chain_entry
            UNION SELECT 'job ' || job_id FROM export_jobs.job_version
            UNION SELECT noun || ' ' || name FROM export_jobs.definition_change WHERE job_id IS NULL ORDER BY chain"""
        return [row["chain"] for row in self._rows(query)]

    def verify(self, chain: str, known: ChainHead | None = None) -> ChainReport:
        """Return every fault of a chain; ``known`` is an earlier head, such as a manifest's."""
        with self.transaction() as within:
            within._hold_snapshot()
            head = within._head(chain)
            return ChainReport(chain, within._name(chain), head, tuple(within._faults(chain, head, known)))

    def knows_publication(self, job_id: int, sha256: str) -> bool:
        """Return whether the ledger has a publication of a manifest with this SHA-256 for a job."""
        query = """SELECT FROM export_jobs.publication p JOIN export_jobs.execution e ON e.id = p.execution_id
            WHERE e.job_id = :job_id AND p.sha256 = :sha256"""
        return bool(self._rows(query, job_id=job_id, sha256=sha256))

    def _hold_snapshot(self) -> None:
        """Read rows, links and head as of one instant, with timestamps formatted as the triggers do."""
        with self._begin() as connection:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            connection.execute(text("SET LOCAL timezone = 'UTC'"))

    def _faults(self, chain: str, head: ChainHead, known: ChainHead | None) -> Iterator[ChainFault]:
        links = self._links(chain)
        previous = ChainHead(0, "")
        for link in links:
            yield from _link_faults(chain, link, previous)
            previous = ChainHead(link["sequence"], link["hash"])
        yield from self._unchained(chain)
        if previous != head:
            what = f"the chain ends at entry {previous.sequence}, but its head says {head.sequence}"
            yield ChainFault(chain, head.sequence, "the head", what)
        if known is not None:
            yield from _head_faults(chain, links, known)

    def _links(self, chain: str) -> Sequence[RowMapping]:
        rows = " UNION ALL ".join(
            f"{_ROWS.format(table=table, key=key)} JOIN links l ON l.noun = '{table}' AND l.key = t.{key}"
            f"{' AND t.job_id = :job_id' if table == 'job_version' else ''}"
            for table, key in KEYS.items()
        )
        query = f"""WITH links AS MATERIALIZED (SELECT * FROM export_jobs.chain_entry WHERE chain = :chain),
                rows AS ({rows})
            SELECT l.sequence, l.noun, l.key, l.hash, {_TEXT.format(row="r.content")} AS content
            FROM links l LEFT JOIN rows r ON r.noun = l.noun AND r.key = l.key ORDER BY l.sequence"""
        return self._rows(query, chain=chain, job_id=_job_id(chain))

    def _unchained(self, chain: str) -> Iterator[ChainFault]:
        """Return rows without a link: they were added without the triggers."""
        job_id = _job_id(chain)
        tables = KEYS if job_id is not None else {"definition_change": "id"}
        for table, key in tables.items():
            condition = _OF_JOB.get(table, _OF_EXECUTION) if job_id is not None else _OF_OTHER
            query = f"""SELECT t.{key} AS key FROM export_jobs.{table} t WHERE {condition} AND t.{key} NOT IN (
                SELECT key FROM export_jobs.chain_entry WHERE chain = :chain AND noun = '{table}') ORDER BY 1"""
            for row in self._rows(query, chain=chain, job_id=job_id):
                yield ChainFault(chain, None, f"{table} {row['key']}", "it was added without the store's triggers")

    def _head(self, chain: str) -> ChainHead:
        rows = self._rows("SELECT sequence, hash FROM export_jobs.chain_head WHERE chain = :chain", chain=chain)
        return ChainHead(**rows[0]) if rows else ChainHead(0, "")

    def _name(self, chain: str) -> str:
        """Return a job's name; other chains are already named after their subject."""
        rows = self._rows("SELECT name FROM export_jobs.job WHERE id = :job_id", job_id=_job_id(chain))
        return f"job {rows[0]['name']}" if rows else chain


def _job_id(chain: str) -> int | None:
    noun, _, key = chain.partition(" ")
    return int(key) if noun == "job" else None


def entry_hash(previous: str, noun: str, sequence: int, content: str) -> str:
    """Return the hash of an entry: SHA-256 of the previous hash and of the row as canonical text."""
    return hashlib.sha256("\n".join((previous, noun, str(sequence), content)).encode()).hexdigest()


def _link_faults(chain: str, link: RowMapping, previous: ChainHead) -> Iterator[ChainFault]:
    sequence, entry = link["sequence"], f"{link['noun']} {link['key']}"
    missing = sequence - previous.sequence - 1
    if missing:
        what = f"{missing} entries before it were removed" if missing > 1 else "the entry before it was removed"
        yield ChainFault(chain, sequence, entry, what)
    elif link["content"] is None:
        yield ChainFault(chain, sequence, entry, "it was removed")
    elif entry_hash(previous.hash, link["noun"], sequence, link["content"]) != link["hash"]:
        what = "it, or the hash of the entry before it, was changed after it was written"
        yield ChainFault(chain, sequence, entry, what)


def _head_faults(chain: str, links: Sequence[RowMapping], known: ChainHead) -> Iterator[ChainFault]:
    found = next((link for link in links if link["sequence"] == known.sequence), None)
    if found is None:
        what = f"the manifest knows {known.sequence} entries, but the ledger has {len(links)}: its end was removed"
        yield ChainFault(chain, known.sequence, "the manifest's head", what)
    elif found["hash"] != known.hash:
        what = "the ledger up to this entry is not the one that the manifest knows: it was rewritten"
        yield ChainFault(chain, known.sequence, f"{found['noun']} {found['key']}", what)
