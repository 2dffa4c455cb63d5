"""Reads ``tests/invalid``: each file is a broken definition whose header says what is expected of it."""

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from export_jobs.core.base.issue import Level
from export_jobs.core.base.yaml_file import read_yaml
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.core.definitions.key import PublicKey, ReceiverKey
from export_jobs.core.validation.definition_file import StoredReferences, check_file
from export_jobs.errors import UserError

REPOSITORY = Path(__file__).resolve().parents[3]
INVALID = REPOSITORY / "tests" / "invalid"
STORED = INVALID / "_stored.yaml"
READ_BY_GPG = PublicKey(
    fingerprint="291DB811A958BDA388056373E055A18E7EB0BBF6",
    user_id="Partner <partner@example.org>",
    created_at=datetime(2024, 1, 1, tzinfo=UTC),
)
NOW = datetime(2024, 5, 15, 12, tzinfo=UTC)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    return load_catalogue(REPOSITORY / "include" / "sql")


@lru_cache(maxsize=1)
def stored() -> StoredReferences:
    """The definitions that the store has for every example."""
    definitions, issues = check_file(read_yaml(STORED).data, catalogue=catalogue(), stored=StoredReferences())
    assert definitions is not None, issues
    return StoredReferences(
        templates={template.name: template for template in definitions.templates},
        destinations={destination.tag: destination for destination in definitions.destinations},
        jobs=[job.name for job in definitions.jobs],
        keys={key.tag: ReceiverKey.of(key, READ_BY_GPG) for key in definitions.keys},
    )


def findings(path: Path) -> list[tuple[str, str]]:
    """Path and sentence of everything that is wrong with the file."""
    try:
        file = read_yaml(path)
    except UserError as error:
        return [("file", str(error).replace(str(path), path.name))]
    _, issues = check_file(file.data, catalogue=catalogue(), stored=stored(), now=NOW)
    return [
        (issue.path, f"{issue.what}. {issue.remedy}." + (" (warning)" if issue.level is Level.WARNING else ""))
        for issue in issues
    ]


def expected(path: Path) -> list[tuple[str, str]]:
    """The ``# expect: <path> | <sentence>`` lines of the file."""
    lines = [line.removeprefix("# expect: ") for line in path.read_text("utf-8").splitlines() if "# expect: " in line]
    return [(place, sentence) for place, _, sentence in (line.partition(" | ") for line in lines)]
