"""Whole lists of slips at once: an evening's paper, or a sheet of a hundred thousand rows. All of it, or none."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, counters, db
from pepperchain.core.errors import Conflict, Invalid, Refused
from pepperchain.core.units import Grams
from pepperchain.harvest import standing, totals
from pepperchain.harvest.placing import COLUMNS, Placed, place_many
from pepperchain.harvest.products import Product
from pepperchain.harvest.rules import check_reason
from pepperchain.harvest.slips import NewSlip, check
from pepperchain.harvest.weighins import KIND, VOID_KIND, Recorded, again, book, numbers, recorded
from pepperchain.ledger import lists as ledger
from pepperchain.ledger.rules import Leg

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
                placed.append(checked(found, now=now))
            except Refused as refused:
                wrong.extend(at_row(index, refused))
    wrong.extend(_twice(slips))
    if wrong:
        raise Invalid(wrong)
    recording = Recording(actor, now=now)
    done: list[Recorded] = []
    for _, some in _chunks(placed):
        done.extend(await recording.write(some))
    await recording.finish()
    return done


def at_row(index: int, refused: Refused) -> Iterator[Refused]:
    """A row's refusals, each about the row and its field."""
    for each in refused.errors if isinstance(refused, Invalid) else (refused,):
        yield each.at(f"{index}.{each.field}" if each.field else str(index))


def checked(found: Placed | Refused, *, now: datetime) -> Placed:
    """A slip that can be written, or stands already just so. Refused otherwise, Invalid with every field that cannot be."""
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


class Recording:
    """A long list being written, some hundred slips at a time, inside one unit of work.

    `finish` adds its sums, once for each row of totals however often the list comes back to it, and leaves its one audit row.
    """

    def __init__(self, actor: Actor, *, now: datetime) -> None:
        actor.require(Capability.HARVEST_RECORD)
        self._actor = actor
        self._now = now
        self._products: dict[tuple[object, ...], Product] = {}
        self._accounts: dict[tuple[int, int, int], tuple[int, int]] = {}
        self._sums = totals.Sums()
        self._count = 0
        self._net = Grams(0)
        self._first: Recorded | None = None
        self._last: Recorded | None = None

    async def add(self, slips: Sequence[NewSlip]) -> None:
        """Places, checks and writes some slips. Refused, Invalid: one of them cannot be."""
        found = await place_many(self._actor, slips, now=self._now)
        await self._put([checked(each, now=self._now) for each in found])

    async def write(self, some: Sequence[Placed]) -> list[Recorded]:
        """Writes slips that were placed and checked. The answers stand in the same order."""
        given = await self._put(some)
        return [
            recorded(placed, given[placed.slip.id]) if placed.around.number is None else again(placed)
            for placed in some
        ]

    async def _put(self, some: Sequence[Placed]) -> dict[UUID, int]:
        """Writes those that do not stand yet; the numbers they got."""
        fresh = [placed for placed in some if placed.around.number is None]
        if not fresh:
            return {}
        products = [await self._product(placed) for placed in fresh]
        await self._post(fresh, products)
        # After the accounts are locked, as by a slip alone: in the other order the two would wait for each other in a ring.
        given = await self._numbers(fresh)
        operator_id = self._actor.user_id
        await db.insert_many(
            "harvest_weighin",
            COLUMNS,
            [
                placed.columns(product, given[placed.slip.id], operator_id=operator_id)
                for placed, product in zip(fresh, products, strict=True)
            ],
        )
        self._sums.count(placed.counted(product) for placed, product in zip(fresh, products, strict=True))
        self._first = self._first or recorded(fresh[0], given[fresh[0].slip.id])
        self._last = recorded(fresh[-1], given[fresh[-1].slip.id])
        self._count += len(fresh)
        self._net += sum(int(placed.net) for placed in fresh)
        return given

    async def finish(self) -> None:
        """What the totals and the trail tell of the list."""
        if self._first is None or self._last is None:
            return
        await self._sums.add()
        await trail.record(
            self._actor, "weighin.list_recorded", subject="weighin", subject_id=self._first.id, now=self._now,
            facts={"slips": self._count, "net_grams": self._net, "first": self._first.code, "last": self._last.code},
        )  # fmt: skip

    async def _product(self, placed: Placed) -> Product:
        key = (placed.slip.form, placed.slip.grade, placed.slip.cultivar, placed.season)
        product = self._products.get(key)
        if product is None:
            product = self._products[key] = await placed.product()
        return product

    async def _leg(self, placed: Placed, product: Product) -> Leg:
        key = (product.id, placed.slip.site_id, placed.around.township_id)
        accounts = self._accounts.get(key)
        if accounts is None:
            leg = await placed.leg(product)
            accounts = self._accounts[key] = (leg.debit, leg.credit)
        return Leg(*accounts, amount=placed.net)

    async def _numbers(self, fresh: Sequence[Placed]) -> dict[UUID, int]:
        given: dict[UUID, int] = {}
        # Sites in one order, so that two lists never wait for each other's counters in a ring.
        for site_id in sorted({placed.slip.site_id for placed in fresh}):
            of_site = [placed for placed in fresh if placed.slip.site_id == site_id]
            first = await counters.reserve(numbers(site_id), len(of_site))
            given.update((placed.slip.id, first + step) for step, placed in enumerate(of_site))
        return given

    async def _post(self, fresh: Sequence[Placed], products: Sequence[Product]) -> None:
        entries = [
            ledger.Entry(
                placed.slip.id, book(placed.slip.site_id), [await self._leg(placed, product)], placed.day,
                placed.around.township_id,
            )
            for placed, product in zip(fresh, products, strict=True)
        ]  # fmt: skip
        try:
            await ledger.post_many(self._actor, entries, kind=KIND, now=self._now)
        except Conflict as conflict:
            raise Conflict("This list is being saved already. Reload the page to see it.") from conflict


@db.unit_of_work
async def void_many(actor: Actor, weighin_ids: Sequence[str], *, reason: str, now: datetime) -> None:
    """Takes slips back by reversals, all or none. The reversal of a slip has an id made from the slip's: `undone_by`.

    Conflict: one of them was voided or put into a room since it was read. Overdrawn: its pepper has left the floor.
    """
    actor.require(Capability.HARVEST_VOID)
    said = check_reason(reason)
    for _, ids in _chunks(weighin_ids):
        await db.lock("harvest_weighin", list(ids))
        slips = await standing.of_ids(ids)
        if len(slips) != len(set(ids)) or any(
            slip.voided_at is not None or slip.lot_id is not None for slip in slips
        ):
            raise Conflict(
                "Some of these slips were put away or voided meanwhile. Look at what is left and try again."
            )
        await ledger.reverse_many(
            actor, [(undone_by(slip.id), UUID(slip.id)) for slip in slips], kind=VOID_KIND,
            effective_on=clock.local_day(now), reason=said, now=now,
        )  # fmt: skip
        await db.execute_many(
            "UPDATE harvest_weighin SET voided_at = :now, void_reason = :reason, void_id = :void_id WHERE id = :id",
            [{"now": now, "reason": said, "void_id": undone_by(slip.id), "id": slip.id} for slip in slips],
        )
        await totals.take_away_many([slip.counted() for slip in slips])


def undone_by(weighin_id: str) -> UUID:
    """The id of the reversal by which a slip is voided together with the list it came in."""
    return uuid5(UUID(weighin_id), "list undone")


def _chunks(items: Sequence[T]) -> Iterator[tuple[int, Sequence[T]]]:
    waiting = iter(items)
    start = 0
    while chunk := list(islice(waiting, CHUNK_ROWS)):
        yield start, chunk
        start += len(chunk)
