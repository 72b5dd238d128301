"""Checking whether books agree, room by room, nightly or when asked; and the cases that follow. Nothing is repaired here."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import db, registry
from pepperchain.core.errors import Missing, NotYours, Refused
from pepperchain.harvest.rules import check_reason
from pepperchain.stocktakes import check_queries
from pepperchain.stocktakes.check_queries import FOUND_MAX, CaseRow, Difference
from pepperchain.stocktakes.check_rules import CaseKind
from pepperchain.stocktakes.models import Stocktake
from pepperchain.storage import queries as rooms
from pepperchain.storage.queries import RoomRow

CASE = "stocktakes_case"
AT_ONCE = 10
TURNS_MAX = 200
_STALE = timedelta(hours=20)


async def run(*, now: datetime) -> int:
    """Every room that was not checked since yesterday, some at a time; how many. Run twice, or by two workers, it finds the same."""
    done = 0
    for _ in range(TURNS_MAX):
        due = await check_queries.due(before=now - _STALE, limit=AT_ONCE)
        if not due:
            break
        await _checked(SYSTEM, due, now=now)
        done += len(due)
    return done


async def check(actor: Actor, *, room_id: int, now: datetime) -> int:
    """Checks a room at once, for whoever runs it; how many things do not agree. Missing, NotYours: a room of others."""
    actor.require(Capability.STORAGE_ADJUST)
    await _own(actor, room_id)
    return await _checked(actor, [room_id], now=now)


async def _own(actor: Actor, room_id: int) -> None:
    seen = Stocktake.visible_to(actor, "r")
    known = await db.scalar(
        f"SELECT 1 FROM storage_room r WHERE r.id = :id AND {seen.sql}", id=room_id, **seen.params
    )
    if known is None:
        raise Missing()
    if not await rooms.is_own(actor, room_id):
        raise NotYours("Whoever runs these rooms settles it.")


async def _checked(actor: Actor, room_ids: Sequence[int], *, now: datetime) -> int:
    """Reads first, each question by itself, and writes down what came of it in one short unit."""
    found = await check_queries.differences(room_ids)
    await _keep(actor, room_ids, found, now=now)
    return len(found)


@db.unit_of_work
async def _keep(
    actor: Actor, room_ids: Sequence[int], found: Collection[Difference], *, now: datetime
) -> None:
    for room_id in sorted(room_ids):
        await db.execute(
            "INSERT INTO stocktakes_check (room_id, checked_at, differences) VALUES (:room, :now, :count)"
            " ON CONFLICT (room_id) DO UPDATE SET checked_at = :now, differences = :count",
            room=room_id,
            now=now,
            count=sum(each.room_id == room_id for each in found),
        )
    for each in sorted(found, key=lambda one: (one.room_id, one.kind, one.lot_id)):
        await _open_case(actor, each, now=now)
    await db.execute(
        f"UPDATE {CASE} SET gone_at = :now, version = version + 1 WHERE room_id IN :rooms AND state <> 'closed' AND gone_at IS NULL"
        " AND seen_at < :now AND kind IN :kinds",
        rooms=list(room_ids),
        kinds=_asked_to_the_end(found),
        now=now,
    )


def _asked_to_the_end(found: Collection[Difference]) -> list[CaseKind]:
    """Kinds of which all was found: of the others, what was not seen may only have been too much to be told at once."""
    return [kind for kind in CaseKind if sum(each.kind is kind for each in found) < FOUND_MAX]


async def _open_case(actor: Actor, each: Difference, *, now: datetime) -> None:
    """A new case, or the one that is open already with what was seen now."""
    room: RoomRow = await rooms.room_unscoped(each.room_id)
    made = await db.returning(
        f"INSERT INTO {CASE} (room_id, operator_id, township_id, kind, lot_id, said_grams, other_grams, state, found_at, seen_at)"
        " VALUES (:room, :operator, :township, :kind, :lot, :said, :other, 'open', :now, :now)"
        " ON CONFLICT (room_id, kind, lot_id) WHERE state <> 'closed' DO NOTHING RETURNING id",
        room=each.room_id, operator=room.operator_id, township=room.township_id, kind=each.kind, lot=each.lot_id,
        said=each.said_grams, other=each.other_grams, now=now,
    )  # fmt: skip
    if made is None:
        await db.execute(
            f"UPDATE {CASE} SET said_grams = :said, other_grams = :other, seen_at = :now, gone_at = NULL"
            " WHERE room_id = :room AND kind = :kind AND lot_id = :lot AND state <> 'closed'",
            said=each.said_grams,
            other=each.other_grams,
            now=now,
            room=each.room_id,
            kind=each.kind,
            lot=each.lot_id,
        )
        return
    await trail.record(
        actor, "case.opened", subject="case", subject_id=int(made[0]), township_id=room.township_id, now=now,
        facts={"room": each.room_id, "lot": each.lot_id or None, "grams": abs(each.said_grams - each.other_grams)},
    )  # fmt: skip


async def _locked(actor: Actor, id: int) -> CaseRow:
    actor.require(Capability.STORAGE_ADJUST)
    seen = await check_queries.case(actor, id)
    await _own(actor, seen.room_id)
    await db.lock(CASE, [id])
    return await check_queries.case(actor, id)


@db.unit_of_work
async def take(actor: Actor, *, id: int, version: int, now: datetime) -> None:
    """Somebody is on it. Refused: somebody is already."""
    row = await _locked(actor, id)
    if row.state != "open":
        raise Refused("Somebody is on it already.")
    await registry.revise(CASE, id, version, state="taken", taken_at=now, taken_by_name=actor.name)
    await trail.record(
        actor, "case.taken", subject="case", subject_id=id, township_id=row.township_id, now=now,
        facts={"room": row.room_id},
    )  # fmt: skip


@db.unit_of_work
async def close(actor: Actor, *, id: int, version: int, note: str, now: datetime) -> None:
    """Says what put it right. Refused: the last check still found it, or it is closed."""
    said = check_reason(note)
    row = await _locked(actor, id)
    if row.state == "closed":
        raise Refused("This case is closed.")
    if row.gone_at is None:
        raise Refused("The last check still found it. Put it right and check the room again first.")
    await registry.revise(
        CASE, id, version, state="closed", closed_at=now, closed_by_name=actor.name, note=said
    )
    await trail.record(
        actor, "case.closed", subject="case", subject_id=id, township_id=row.township_id, now=now,
        facts={"room": row.room_id, "note": said},
    )  # fmt: skip
