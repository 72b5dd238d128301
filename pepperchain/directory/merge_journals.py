"""Everything that a merge changes, row by row, and the way back: each column as it was, where it still holds what the merge wrote.

Building blocks of the merging verbs.
"""

import json
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from pepperchain.core import db, references
from pepperchain.core.references import Reference
from pepperchain.core.sql import to_db
from pepperchain.directory.merge_rules import HOUSEHOLD, PERSON, named

VERSIONED = frozenset({HOUSEHOLD, PERSON, "directory_membership", "directory_duplicate"})
_SEALED = "sealed"
_INSERT = (
    "INSERT INTO directory_merge_change (merge_id, place, table_name, row_key, column_name, before, after)"
    " VALUES (:merge, :place, :table, :key, :column, :before, :after)"
)
_CHANGES = (
    "SELECT c.table_name, c.row_key, c.column_name, c.before, c.after FROM directory_merge_change c"
    " WHERE c.merge_id = :merge ORDER BY c.place DESC"
)


@dataclass(frozen=True, slots=True)
class Change:
    """A column of a row, before and after, each as JSON."""

    table: str
    key: str
    column: str
    before: str
    after: str


@dataclass(slots=True)
class Journal:
    """What one merge has changed so far."""

    changes: list[Change] = field(default_factory=list)

    async def put(self, table: str, id: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Writes what differs into a row that holds `before`."""
        new = {name: value for name, value in after.items() if _json(before[name]) != _json(value)}
        if not new:
            return
        places = ", ".join(f"{name} = :{name}" for name in new)
        raised = ", version = version + 1" if table in VERSIONED else ""
        await db.execute(f"UPDATE {table} SET {places}{raised} WHERE id = :row_id", row_id=id, **new)
        key = _json({"id": id})
        self.changes += [Change(table, key, name, _kept(before[name]), _json(new[name])) for name in new]

    async def move(self, reference: Reference, old: int, new: int) -> None:
        """Rows that named `old` name `new` from now on, but for those that would be doubles."""
        before, after = _json(old), _json(new)
        self.changes += [
            Change(
                reference.table,
                _json(dict(zip(reference.key, key, strict=True))),
                reference.column,
                before,
                after,
            )
            for key in await references.move(reference, old, new)
        ]

    def moved(self) -> dict[str, int]:
        """How many rows of each table were changed."""
        return dict(Counter(table for table, _ in {(each.table, each.key) for each in self.changes}))

    async def write(self, merge_id: int) -> None:
        """Keeps it for the undo."""
        await db.execute_many(
            _INSERT,
            [
                {
                    "merge": merge_id,
                    "place": place,
                    "table": each.table,
                    "key": each.key,
                    "column": each.column,
                    "before": each.before,
                    "after": each.after,
                }
                for place, each in enumerate(self.changes)
            ],
        )


async def play_back(merge_id: int) -> list[tuple[str, str]]:
    """Undoes a journal from its end. What changed since is left as it is: its table and what of it, one for each row."""
    rows = await db.tuples(_CHANGES, merge=merge_id)
    kept: list[tuple[str, str]] = []
    for (table, key), group in groupby(rows, key=lambda row: (row[0], json.loads(row[1]))):
        changes = {column: (before, after) for _, _, column, before, after in group}
        kept += [(table, what) for what in await _restore(table, key, changes)]
    return kept


async def _restore(table: str, key: Mapping[str, Any], changes: Mapping[str, tuple[str, str]]) -> list[str]:
    """Puts one row back; what of it was changed since."""
    columns = list(changes)
    where = " AND ".join(f"{name} = :key_{name}" for name in key)
    which = {f"key_{name}": value for name, value in key.items()}
    rows = await db.tuples(f"SELECT {', '.join(columns)} FROM {table} WHERE {where}", **which)
    if not rows:
        return sorted({named(table, column) for column in columns})
    now = dict(zip(columns, rows[0], strict=True))
    differs = {
        named(table, name)
        for name, value in now.items()
        if json.loads(_json(value)) != json.loads(changes[name][1])
    }
    back = {
        name: _opened(changes[name][0])
        for name in columns
        if named(table, name) not in differs and name != "request_id"
    }
    if back:
        places = ", ".join(f"{name} = :{name}" for name in back)
        raised = ", version = version + 1" if table in VERSIONED else ""
        await db.execute(f"UPDATE {table} SET {places}{raised} WHERE {where}", **back, **which)
    if "request_id" in columns:
        # It was given for what was sealed then; as long as anything is sealed, that is bound to it.
        await db.execute(
            f"UPDATE {table} SET request_id = NULL WHERE {where} AND id_number_sealed IS NULL AND bank_card_sealed IS NULL",
            **which,
        )
    return sorted(differs - {"request_id"})


def _json(value: Any) -> str:
    """A value so that the same is written the same, whichever engine it comes from."""
    if isinstance(value, bytes | memoryview):
        value = {_SEALED: b64encode(bytes(value)).decode()}
    plain = value if isinstance(value, dict) else to_db(value, "sqlite")
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _kept(value: Any) -> str:
    """As it was read, so that it can be written again: PostgreSQL's truths stay truths."""
    return json.dumps(value) if isinstance(value, bool) else _json(value)


def _opened(text: str) -> Any:
    value = json.loads(text)
    return b64decode(value[_SEALED]) if isinstance(value, dict) else value
