"""Listing offers: the same search for the page and the API."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock, db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.core.units import Fen, Grams
from pepperchain.market.clause_queries import bounded, chosen, narrowest
from pepperchain.market.lane_queries import Lanes, lanes
from pepperchain.market.order_queries import ORDERS, Key, Order, Span, hint, mark, place
from pepperchain.market.rules import Criteria, Sort
from pepperchain.storage.rules import Freshness, RoomKind, freshness, is_code
from pepperchain.web.paging import LIMIT, Slice

WALK_ROWS = 10_000
WALKS_MAX = 2


@dataclass(frozen=True, slots=True)
class Offer:
    """A lot with something free. No person, household or cooperative stands in it."""

    lot_id: int
    code: str
    form: str
    grade: str
    cultivar: str
    season: int
    township_id: int
    township: str
    township_en: str
    site_id: int
    site: str
    room_kind: str
    picked_at: int
    fresh_until_at: int
    free_grams: int
    asking_fen_per_kg: int | None
    order_key: int

    def freshness(self, now: datetime) -> Freshness:
        """Its clock, or where the clock stopped."""
        return freshness(clock.from_ms(self.picked_at), clock.from_ms(self.fresh_until_at), now=now)

    @property
    def room_kind_label(self) -> str:
        """What the kind of its room is called: a message id."""
        return RoomKind(self.room_kind).label

    @property
    def grams(self) -> Grams:
        return Grams(self.free_grams)

    @property
    def price(self) -> Fen | None:
        return None if self.asking_fen_per_kg is None else Fen(self.asking_fen_per_kg)


_COLUMNS = (
    "l.id, l.code, l.form, l.grade, l.cultivar, l.season, l.township_id, t.name, t.name_en, l.site_id, s.name, r.kind,"
    " l.picked_at, l.fresh_until_at, l.free_grams, l.asking_fen_per_kg"
)
_JOINS = " JOIN storage_room r ON r.id = l.room_id JOIN directory_site s ON s.id = l.site_id JOIN directory_area t ON t.id = l.township_id"


async def stock(
    actor: Actor, wanted: Criteria, *, now: datetime, cursor: str | None = None, limit: int = LIMIT
) -> Slice[Offer]:
    """A page of what can be bought, in the order asked for. Lots without a price come last in either order of price.

    A page may be short and yet have a next one, where bounds let few rows of very many pass.
    """
    actor.require(Capability.MARKET_SEARCH)
    order, limits = ORDERS[wanted.sort], wanted.limits
    choice = await chosen(wanted)
    if choice.is_empty:
        return Slice([], None)
    rest = order.after(order.within(limits), place(cursor, wanted.sort))
    if not limits:
        return await _first(_Search(wanted.sort, lanes(choice, order)), rest, limit)
    index = await narrowest(limits)
    if index is not None:
        few = Lanes(index, rest=choice.clause())
        return await _first(_Search(wanted.sort, few, bounded(limits, now=now)), rest, limit)
    search = _Search(wanted.sort, lanes(choice, order), bounded(limits, now=now, but_for=order.index))
    return await (_first if await choice.has_few() else _walk)(search, rest, limit)


@dataclass(frozen=True, slots=True)
class _Search:
    """An order, where its rows are read, and the bounds they must pass, but for the stretch."""

    sort: Sort
    lanes: Lanes
    bounds: Clause = EVERYTHING

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]

    def cut(self, found: list[Offer], limit: int) -> Slice[Offer]:
        """A page of what was found, one more row than it takes telling that there is a next one."""
        if len(found) <= limit:
            return Slice(found, None)
        last = found[limit - 1]
        return Slice(found[:limit], mark(self.sort, (last.order_key, last.lot_id)))


async def _first(search: _Search, rest: Span, limit: int) -> Slice[Offer]:
    return search.cut(await _page(search, rest, limit + 1), limit)


async def _walk(search: _Search, rest: Span, limit: int) -> Slice[Offer]:
    """Bounds that cross the order may let only few rows pass: a page looks so far and no further, and the next one goes on there."""
    found: list[Offer] = []
    stop: Key | None = None
    for _ in range(WALKS_MAX):
        stop = await _stop(search.order, rest)
        stretch = rest if stop is None else search.order.until(rest, stop)
        found += await _page(search, stretch, limit + 1 - len(found))
        if stop is None or len(found) > limit:
            return search.cut(found, limit)
        rest = search.order.after(rest, stop)
    return Slice(found, None if stop is None else mark(search.sort, stop))


async def _stop(order: Order, rest: Span) -> Key | None:
    """The row some thousands into a stretch; None if it ends before."""
    within = rest.clause(order.key)
    rows = await db.tuples(
        f"SELECT {order.key}, l.id FROM storage_lot l {hint(order.index)} WHERE l.free_grams <> 0 AND {within.sql}"
        f" ORDER BY {order.by} LIMIT 1 OFFSET :far",
        far=WALK_ROWS,
        **within.params,
    )
    return (rows[0][0], rows[0][1]) if rows else None


async def _page(search: _Search, stretch: Span, limit: int) -> list[Offer]:
    order = search.order
    page = search.lanes.page(order, search.bounds & stretch.clause(order.key))
    return await db.fetch(
        Offer,
        f"SELECT {_COLUMNS}, x.order_key FROM ({page.sql}) AS x JOIN storage_lot l ON l.id = x.id{_JOINS}"
        f" ORDER BY x.order_key {order.direction}, x.id {order.direction}",
        limit=limit,
        **page.params,
    )


async def offer(actor: Actor, code: str) -> Offer:
    """One offer by its lot's code. Missing: there is none, or nothing of it is free any more."""
    actor.require(Capability.MARKET_SEARCH)
    found: Offer | None = None
    if is_code(code):
        found = await db.fetch_one(
            Offer,
            f"SELECT {_COLUMNS}, 0 FROM storage_lot l{_JOINS} WHERE l.code = :code AND l.free_grams <> 0",
            code=code,
        )
    if found is None:
        raise Missing("This lot is no longer for sale, or there is none of this code.")
    return found


async def site_names(site_ids: list[int]) -> dict[int, str]:
    """The names of sites, for the choices of a filter."""
    rows: list[tuple[Any, ...]] = await db.tuples(
        "SELECT id, name FROM directory_site WHERE id IN :ids", ids=site_ids
    )
    return {row[0]: row[1] for row in rows}
