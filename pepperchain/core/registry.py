"""Registry rows: made once for each form that was sent, and changed only by somebody who saw their latest version.

A table that keeps to this has `request_id` (unique where given), `version` and an identity `id`.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pepperchain.core import db
from pepperchain.core.errors import Conflict
from pepperchain.core.sql import insert_text
from pepperchain.core.words import N_

_ONCE = " ON CONFLICT (request_id) WHERE request_id IS NOT NULL DO NOTHING RETURNING id"


@dataclass(frozen=True, slots=True)
class Entered:
    """The row that a form made; `repeated` if it was made when the same form came before."""

    id: int
    repeated: bool


async def made(table: str, request_id: UUID) -> int | None:
    """The row that this form made already, if it did."""
    found = await db.scalar(f"SELECT id FROM {table} WHERE request_id = :request", request=request_id)
    return None if found is None else int(found)


async def enter(table: str, request_id: UUID, **columns: Any) -> Entered:
    """A new row, or the one that the same form made a moment ago."""
    row = {"request_id": request_id, **columns}
    new = await db.returning(insert_text(table, tuple(row), _ONCE), **row)
    if new is not None:
        return Entered(int(new[0]), False)
    existing = await made(table, request_id)
    assert existing is not None, "an insert was refused by a row that is not there"
    return Entered(existing, True)


async def enter_once(table: str, request_id: UUID, **columns: Any) -> int:
    """A new row whose form's id no other row may have. Raises Conflict if the same form comes in at the very same time."""
    row = {"request_id": request_id, **columns}
    new = await db.returning(
        insert_text(table, tuple(row), " ON CONFLICT (request_id) DO NOTHING RETURNING id"), **row
    )
    if new is None:
        raise Conflict(
            N_("Somebody else changed this in the meantime. Look at it again, then repeat your change.")
        )
    return int(new[0])


async def enter_as(table: str, **columns: Any) -> None:
    """A new row whose `id` was made by who sends it. Conflict: the id stands for another row, even of a moment ago."""
    written = await db.execute(insert_text(table, tuple(columns), " ON CONFLICT (id) DO NOTHING"), **columns)
    if not written:
        raise Conflict(N_("This was sent before with other contents."))


async def next_ids(table: str, count: int) -> list[int]:
    """Ids for rows that this unit of work is about to write, so that rows can name each other before they are there."""
    if db.dialect() == "postgres":
        rows = await db.tuples(
            "SELECT nextval(pg_get_serial_sequence(CAST(:table AS TEXT), 'id')) FROM generate_series(1, CAST(:count AS INTEGER))",
            table=table,
            count=count,
        )
        return [int(id) for (id,) in rows]
    # The unit holds the only writer, and SQLite notes the largest id it was given.
    last = await db.scalar(
        "SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = :table", table=table
    )
    return list(range(int(last) + 1, int(last) + 1 + count))


async def revise(table: str, id: int, version: int, **columns: Any) -> None:
    """Changes a row that is still in the version the form saw. Raises Conflict if somebody was quicker."""
    places = "".join(f"{column} = :{column}, " for column in columns)
    changed = await db.execute(
        f"UPDATE {table} SET {places}version = version + 1 WHERE id = :row_id AND version = :row_version",
        row_id=id,
        row_version=version,
        **columns,
    )
    if changed == 0:
        raise Conflict(
            N_("Somebody else changed this in the meantime. Look at it again, then repeat your change.")
        )
