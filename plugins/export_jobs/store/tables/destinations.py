"""Destinations: where files go, by tag. Their secrets live in Airflow's connections."""

from __future__ import annotations

import json

from sqlalchemy import text

from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.errors import UserError
from export_jobs.store.database.access import StoreAccess

_COLUMNS = tuple(DestinationSpec.model_fields)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM export_jobs.destination"
_VALUES = ", ".join(f"CAST(:{name} AS jsonb)" if name == "tags" else f":{name}" for name in _COLUMNS)
_SAVE = f"""INSERT INTO export_jobs.destination ({", ".join(_COLUMNS)}) VALUES ({_VALUES})
    ON CONFLICT (tag) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "tag")}"""

_PIN = """UPDATE export_jobs.destination SET host_keys = array_append(host_keys, CAST(:fingerprint AS text))
    WHERE tag = :tag AND NOT host_keys @> ARRAY[CAST(:fingerprint AS text)]"""


class Destinations(StoreAccess):
    """The destinations of one store; each change of one is kept in ``definition_change``."""

    def destinations(self) -> list[DestinationSpec]:
        """All destinations by tag."""
        return [DestinationSpec.model_validate(dict(row)) for row in self._rows(f"{_SELECT} ORDER BY tag")]

    def destination(self, tag: str) -> DestinationSpec | None:
        """The destination ``tag``; None when there is none."""
        rows = self._rows(f"{_SELECT} WHERE tag = :tag", tag=tag)
        return DestinationSpec.model_validate(dict(rows[0])) if rows else None

    def save_destination(self, spec: DestinationSpec, actor: str | None = None) -> None:
        """Create a destination or change it."""
        values = spec.model_dump(mode="json")
        with self._begin(actor) as connection:
            connection.execute(text(_SAVE), {**values, "tags": json.dumps(values["tags"], ensure_ascii=False)})

    def pin_host_key(self, tag: str, fingerprint: str, actor: str | None = None) -> DestinationSpec:
        """Trust one more host key of a destination, after those that are trusted already; once is enough.

        Raises ``UserError`` when there is no such destination, or no room for a key.
        """
        with self._begin(actor) as connection:
            connection.execute(text(_PIN), {"tag": tag, "fingerprint": fingerprint})
        spec = self.destination(tag)
        if spec is None:
            raise UserError(f"There is no destination {tag!r}, or no longer", "Look for it in the list of destinations")
        return spec
