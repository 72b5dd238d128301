"""The orders in which offers are listed: what each goes by, its index, and stretches of it."""

from dataclasses import dataclass, replace

from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.core.sql import EVERYTHING, Clause, milliseconds
from pepperchain.market.rules import Limits, Sort
from pepperchain.web.paging import DAMAGED, decode, encode

Key = tuple[int, int]
"""Where a row stands in an order: what the order goes by, and its id."""

PICKED, CHEAP, DEAR, GRAMS = (
    "storage_offer_picked",
    "storage_offer_cheap",
    "storage_offer_dear",
    "storage_offer_grams",
)
UNPRICED_LAST = "COALESCE(l.asking_fen_per_kg, 1000000000000)"
UNPRICED_FIRST = "COALESCE(l.asking_fen_per_kg, 0)"
_ID_MAX = 2**62


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an order, both ends with it; None is no end."""

    low: Key | None = None
    high: Key | None = None

    def clause(self, key: str) -> Clause:
        """As a condition. SQLite reads no index over an expression by row values, hence the long form."""
        found = EVERYTHING
        if self.low is not None:
            found &= Clause(
                f"{key} >= :low_key AND ({key} > :low_key OR l.id >= :low_id)",
                {"low_key": self.low[0], "low_id": self.low[1]},
            )
        if self.high is not None:
            found &= Clause(
                f"{key} <= :high_key AND ({key} < :high_key OR l.id <= :high_id)",
                {"high_key": self.high[0], "high_id": self.high[1]},
            )
        return found


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the list: the expression that it goes by, and the index that is laid out in it."""

    key: str
    index: str
    descending: bool = False

    @property
    def direction(self) -> str:
        return "DESC" if self.descending else "ASC"

    @property
    def by(self) -> str:
        return f"{self.key} {self.direction}, l.id {self.direction}"

    @property
    def put_in_order(self) -> str:
        """The same, but so that neither engine takes it for a reason to walk along this order's own index."""
        return f"+{self.key} {self.direction}, +l.id {self.direction}"

    def within(self, limits: Limits) -> Span:
        """The stretch in which the bound lies that this order goes by; all of it if there is none."""
        if self.index == GRAMS and limits.min_grams is not None:
            return Span(low=(limits.min_grams, 0))
        if self.index in (CHEAP, DEAR) and limits.max_price_fen_per_kg is not None:
            return Span(low=(1, 0), high=(limits.max_price_fen_per_kg, _ID_MAX))
        if self.index == PICKED and limits.picked_since is not None:
            return Span(low=(milliseconds(limits.picked_since), 0))
        return Span()

    def after(self, span: Span, row: Key | None) -> Span:
        """What of a stretch comes after a row."""
        if row is None:
            return span
        if self.descending:
            end = (row[0], row[1] - 1)
            return replace(span, high=end if span.high is None else min(span.high, end))
        start = (row[0], row[1] + 1)
        return replace(span, low=start if span.low is None else max(span.low, start))

    def until(self, span: Span, row: Key) -> Span:
        """What of a stretch comes up to and with a row."""
        return replace(span, low=row) if self.descending else replace(span, high=row)


ORDERS: dict[Sort, Order] = {
    Sort.NEWEST: Order("l.picked_at", PICKED, descending=True),
    Sort.OLDEST: Order("l.picked_at", PICKED),
    Sort.CHEAPEST: Order(UNPRICED_LAST, CHEAP),
    Sort.DEAREST: Order(UNPRICED_FIRST, DEAR, descending=True),
    Sort.LARGEST: Order("l.free_grams", GRAMS, descending=True),
    Sort.SMALLEST: Order("l.free_grams", GRAMS),
}


def mark(sort: Sort, row: Key) -> str:
    """The cursor of a row, which says in which order it stands: elsewhere its numbers would mean something else."""
    return encode((sort.value, *row))


def place(cursor: str | None, sort: Sort) -> Key | None:
    """The row that a page ended with. Refused: a cursor that no page of this order gave."""
    row = decode(cursor, str, int, int)
    if row is None:
        return None
    order, key, id = row
    if order != sort.value or key is None or id is None or abs(id) > _ID_MAX:
        raise Refused(DAMAGED, "cursor")
    return key, id


def hint(index: str) -> str:
    """Which index SQLite is told to read; PostgreSQL's statistics know by themselves."""
    return f"INDEXED BY {index}" if db.dialect() == "sqlite" else ""
