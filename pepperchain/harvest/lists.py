"""Whole lists of slips at once: an evening's paper, or a sheet of a hundred thousand rows. All of it, or none."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import counters, db
from pepperchain.core.errors import Conflict, Invalid, Refused
from pepperchain.core.sql import insert_text
from pepperchain.core.units import Grams
from pepperchain.harvest import totals
from pepperchain.harvest.placing import Placed, place_many
from pepperchain.harvest.slips import NewSlip, check
from pepperchain.harvest.weighins import KIND, Recorded, again, book, numbers, recorded
from pepperchain.ledger import transactions

T = TypeVar("T")

CHUNK_ROWS = 500


@db.unit_of_work
async def record_many(actor: Actor, slips: Sequence[NewSlip], *, now: datetime) -> list[Recorded]:
    """Records every slip in order, or none of them; the answers stand in the same order.

    Invalid: its errors carry fields like `3.gross`, the row (from 0) and the field. A slip that stands already with the same
    content is answered as repeated, so a list can be sent twice.
    """
    actor.require(Capability.HARVEST_RECORD)
    placed: list[Placed] = []
    wrong: list[Refused] = []
    for start, chunk in _chunks(slips):
        for index, found in enumerate(await place_many(actor, chunk, now=now), start=start):
            try:
                placed.append(_checked(found, now=now))
            except Refused as refused:
                wrong.extend(at_row(index, refused))
    wrong.extend(_twice(slips))
    if wrong:
        raise Invalid(wrong)
    done: list[Recorded] = []
    for _, some in _chunks(placed):
        done.extend(await _write(actor, some, now=now))
    fresh = [slip for slip in done if not slip.repeated]
    if fresh:
        await trail.record(
            actor, "weighin.list_recorded", subject="weighin", subject_id=fresh[0].id, now=now,
            facts={
                "slips": len(fresh), "net_grams": sum((slip.net for slip in fresh), Grams(0)),
                "first": fresh[0].code, "last": fresh[-1].code,
            },
        )  # fmt: skip
    return done


def at_row(index: int, refused: Refused) -> Iterator[Refused]:
    """A row's refusals, each about the row and its field."""
    for each in refused.errors if isinstance(refused, Invalid) else (refused,):
        yield each.at(f"{index}.{each.field}" if each.field else str(index))


def _checked(found: Placed | Refused, *, now: datetime) -> Placed:
    if isinstance(found, Refused):
        raise found
    if found.around.number is not None:
        try:
            again(found)
        except Conflict as conflict:
            raise Refused(conflict.message, "id") from conflict
        return found
    check(found.slip, now=now)
    found.check()
    return found


def _twice(slips: Sequence[NewSlip]) -> Iterator[Refused]:
    seen: set[object] = set()
    for index, slip in enumerate(slips):
        if slip.id in seen:
            yield Refused("This row has the same id as an earlier one.", f"{index}.id")
        seen.add(slip.id)


async def _write(actor: Actor, some: Sequence[Placed], *, now: datetime) -> list[Recorded]:
    fresh = [placed for placed in some if placed.around.number is None]
    products = {placed.slip.id: await placed.product() for placed in fresh}
    given: dict[object, int] = {}
    # Sites in one order, so that two lists never wait for each other's counters in a ring.
    for site_id in sorted({placed.slip.site_id for placed in fresh}):
        of_site = [placed for placed in fresh if placed.slip.site_id == site_id]
        first = await counters.reserve(numbers(site_id), len(of_site))
        given.update((placed.slip.id, first + step) for step, placed in enumerate(of_site))
    for placed in fresh:
        posted = await transactions.post(
            actor, id=placed.slip.id, kind=KIND, book=book(placed.slip.site_id),
            legs=[await placed.leg(products[placed.slip.id])], effective_on=placed.day,
            township_id=placed.around.township_id, now=now,
        )  # fmt: skip
        if posted.repeated:
            raise Conflict("This list is being saved already. Reload the page to see it.")
    rows = [
        placed.row(products[placed.slip.id], given[placed.slip.id], operator_id=actor.user_id)
        for placed in fresh
    ]
    if rows:
        await db.execute_many(insert_text("harvest_weighin", tuple(rows[0])), rows)
    await totals.add([placed.counted(products[placed.slip.id]) for placed in fresh])
    return [
        recorded(placed, given[placed.slip.id]) if placed.around.number is None else again(placed)
        for placed in some
    ]


def _chunks(items: Sequence[T]) -> Iterator[tuple[int, Sequence[T]]]:
    waiting = iter(items)
    start = 0
    while chunk := list(islice(waiting, CHUNK_ROWS)):
        yield start, chunk
        start += len(chunk)
