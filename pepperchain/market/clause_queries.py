"""The conditions that searches are made of, and which index finds what makes an offer rare."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pepperchain.core import db
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.market.order_queries import CHEAP, GRAMS, PICKED, UNPRICED_LAST, hint
from pepperchain.market.rules import Criteria, Limits

FEW_OFFERS = 1_000
"""So many rows are all looked at where bounds cross the order; of more, a page looks at a stretch."""

FEW_CELLS = 300
"""So many products at sites are added up before all of them are."""

FEW_ENTRIES = 5_000
"""The same for entries of an index that carries all that is asked for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The choices of a search as columns that are one of some values."""

    products: list[int] | None
    townships: list[int] | None
    site: int | None

    @property
    def is_open(self) -> bool:
        """Whether nothing was chosen."""
        return self.products is None and self.townships is None and self.site is None

    @property
    def is_empty(self) -> bool:
        """Whether no product is like that."""
        return self.products == []

    def of_products(self, alias: str = "l") -> Clause:
        """The choice of products as a condition."""
        if self.products is None:
            return EVERYTHING
        return Clause(f"{alias}.product_id IN :products", {"products": self.products})

    def of_townships(self, alias: str = "l") -> Clause:
        """The choice of townships as a condition."""
        if self.townships is None:
            return EVERYTHING
        return Clause(f"{alias}.township_id IN :townships", {"townships": self.townships})

    def clause(self, alias: str = "l") -> Clause:
        """As a condition on lots, or on what is available of them."""
        found = self.of_products(alias) & self.of_townships(alias)
        return found if self.site is None else found & Clause(f"{alias}.site_id = :site", {"site": self.site})

    async def has_few(self) -> bool:
        """Whether no more than a thousand offers are like that; told by the first products and sites, if these have enough of them."""
        if self.is_open:
            return False
        clause = self.clause("c")
        cells = f"SELECT c.lots FROM storage_available c WHERE {clause.sql}"
        sampled, lots = (
            await db.tuples(
                f"SELECT COUNT(*), COALESCE(SUM(x.lots), 0) FROM ({cells} LIMIT :most) AS x",
                most=FEW_CELLS,
                **clause.params,
            )
        )[0]
        if lots <= FEW_OFFERS and sampled == FEW_CELLS:
            lots = await db.scalar(f"SELECT SUM(x.lots) FROM ({cells}) AS x", **clause.params)
        return int(lots) <= FEW_OFFERS


async def chosen(wanted: Criteria) -> Choice:
    """What a search chooses."""
    products = None
    if wanted.form is not None or wanted.grade is not None or wanted.cultivar is not None:
        products = await _products(wanted)
    return Choice(products, list(wanted.townships) or None, wanted.site)


async def _products(wanted: Criteria) -> list[int]:
    like = EVERYTHING
    for column, code in (("form", wanted.form), ("grade", wanted.grade), ("cultivar", wanted.cultivar)):
        if code is not None:
            like &= Clause(f"{column} = :{column}", {column: code})
    return [
        row[0] for row in await db.tuples(f"SELECT id FROM harvest_product WHERE {like.sql}", **like.params)
    ]


def bounded(limits: Limits, *, now: datetime, but_for: str | None = None) -> Clause:
    """The bounds of a search as a condition, but for the one that index `but_for` is ordered by: a stretch of it says that.

    Lots without a price are under no price.
    """
    found = EVERYTHING
    for clause, indexes in _bounds(limits):
        if but_for not in indexes:
            found &= clause
    if limits.fresh_only:
        found &= Clause("l.fresh_until_at > :now", {"now": now})
    return found


def _bounds(limits: Limits) -> Iterator[tuple[Clause, tuple[str, ...]]]:
    """Each bound with the indexes that are ordered by it; the first one finds it."""
    if limits.min_grams is not None:
        yield Clause("l.free_grams >= :min_grams", {"min_grams": limits.min_grams}), (GRAMS,)
    if limits.max_price_fen_per_kg is not None:
        # Said twice: once as the index is ordered, once as the other indexes carry it.
        under = f"{UNPRICED_LAST} <= :max_price AND l.asking_fen_per_kg <= :max_price"
        yield Clause(under, {"max_price": limits.max_price_fen_per_kg}), (CHEAP, "storage_offer_dear")
    if limits.picked_since is not None:
        yield Clause("l.picked_at >= :picked_since", {"picked_since": limits.picked_since}), (PICKED,)


def index_for(limits: Limits) -> str:
    """A hint for SQLite, which keeps no statistics about ranges: read the index of the first bound."""
    return hint(next((indexes[0] for _, indexes in _bounds(limits)), PICKED))


async def narrowest(limits: Limits) -> str | None:
    """The index of the bound that leaves fewest offers, if one leaves few."""
    best, fewest = None, FEW_ENTRIES
    for clause, indexes in _bounds(limits):
        left = await db.scalar(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM storage_lot l {hint(indexes[0])} WHERE l.free_grams <> 0 AND {clause.sql}"
            " LIMIT :most) AS x",
            most=fewest,
            **clause.params,
        )
        if left < fewest:
            best, fewest = indexes[0], left
    return best
