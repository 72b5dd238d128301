"""Adding up what a search leaves: how much in all, and how many offers each choice of a filter would leave.

Without bounds such as a price it is added up from what storage keeps by product and site; with bounds from the offers themselves, at
most some thousands of them. Sums are kept for half a minute, and for less if this process changed what is available.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import db
from pepperchain.core.units import Grams
from pepperchain.market.clause_queries import bounded, index_for
from pepperchain.market.rules import Criteria, Limits
from pepperchain.storage.stock import offers_version

OFFERS_MAX = 5_000
KEPT_FOR = timedelta(seconds=30)
KEPT_MAX = 500
_SHELF = "market.facets"


@dataclass(slots=True)
class Sum:
    """Offers and their free grams."""

    lots: int = 0
    grams: int = 0

    def add(self, lots: int, grams: int) -> None:
        self.lots += lots
        self.grams += grams


@dataclass(frozen=True, slots=True)
class Facets:
    """What a search leaves, in all and by choice. `capped`: there is at least this much; counting stopped there."""

    lots: int
    free_grams: Grams
    capped: bool
    as_of: datetime
    form: Mapping[str, Sum]
    grade: Mapping[str, Sum]
    cultivar: Mapping[str, Sum]
    township: Mapping[int, Sum]
    site: Mapping[int, Sum]
    drawn: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """What pages have drawn of it; it goes when these sums do."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """Offers and grams by (product, site), and what those are."""

    rows: list[tuple[int, int, int, int]]
    products: dict[int, dict[str, Any]]
    sites: dict[int, dict[str, Any]]
    capped: bool
    as_of: datetime


@dataclass(slots=True)
class _Shelf:
    """What was added up since `version`, by what was asked."""

    version: int
    cells: dict[Limits, _Cells] = field(default_factory=dict)
    facets: dict[tuple[Any, ...], Facets] = field(default_factory=dict)


async def facets(actor: Actor, wanted: Criteria, *, now: datetime) -> Facets:
    """What the search leaves, at most half a minute old."""
    actor.require(Capability.MARKET_SEARCH)
    shelf = _shelf()
    key = (wanted.form, wanted.grade, wanted.cultivar, wanted.townships, wanted.site, wanted.limits)
    known = shelf.facets.get(key)
    if known is None or now - known.as_of > KEPT_FOR:
        known = _add_up(await _cells(wanted.limits, shelf, now=now), wanted)
        _keep(shelf.facets, key, known)
    return known


def _shelf() -> _Shelf:
    kept = db.kept(_SHELF)
    shelf: _Shelf | None = kept.get("shelf")
    if shelf is None or shelf.version != offers_version():
        shelf = kept["shelf"] = _Shelf(offers_version())
    return shelf


def _keep(known: dict[Any, Any], key: object, value: object) -> None:
    if len(known) >= KEPT_MAX:
        known.clear()
    known[key] = value


async def _cells(limits: Limits, shelf: _Shelf, *, now: datetime) -> _Cells:
    known = shelf.cells.get(limits)
    if known is None or now - known.as_of > KEPT_FOR:
        known = await (_bounded_cells(limits, now=now) if limits else _all_cells(now=now))
        _keep(shelf.cells, limits, known)
    return known


async def _all_cells(*, now: datetime) -> _Cells:
    rows = await db.tuples(
        "SELECT product_id, site_id, lots, free_grams FROM storage_available WHERE lots > 0"
    )
    return await _named(rows, capped=False, now=now)


async def _bounded_cells(limits: Limits, *, now: datetime) -> _Cells:
    bounds = bounded(limits, now=now)
    rows = await db.tuples(
        "SELECT x.product_id, x.site_id, COUNT(*), CAST(SUM(x.free_grams) AS BIGINT) FROM ("
        f"SELECT l.product_id, l.site_id, l.free_grams FROM storage_lot l {index_for(limits)}"
        f" WHERE l.free_grams <> 0 AND {bounds.sql} LIMIT :most) AS x GROUP BY x.product_id, x.site_id",
        most=OFFERS_MAX,
        **bounds.params,
    )
    return await _named(rows, capped=sum(row[2] for row in rows) >= OFFERS_MAX, now=now)


async def _named(rows: list[tuple[int, ...]], *, capped: bool, now: datetime) -> _Cells:
    products = await db.tuples("SELECT id, form, grade, cultivar FROM harvest_product")
    sites = await db.tuples("SELECT id, township_id FROM directory_site")
    return _Cells(
        [(row[0], row[1], row[2], row[3]) for row in rows],
        {row[0]: {"form": row[1], "grade": row[2], "cultivar": row[3]} for row in products},
        {row[0]: {"township": row[1], "site": row[0]} for row in sites},
        capped=capped,
        as_of=now,
    )


def _add_up(cells: _Cells, wanted: Criteria) -> Facets:
    """A choice's own filter does not narrow it: next to the chosen grade stands what the other grades would leave."""
    products = {id: _missed(kinds, wanted) for id, kinds in cells.products.items()}
    sites = {id: _missed(kinds, wanted) for id, kinds in cells.sites.items()}
    by_product: dict[int, Sum] = {}
    by_site: dict[int, Sum] = {}
    for product, site, lots, grams in cells.rows:
        missed_product, missed_site = products[product], sites[site]
        if not missed_site and len(missed_product) <= 1:
            by_product.setdefault(product, Sum()).add(lots, grams)
        if not missed_product and len(missed_site) <= 1:
            by_site.setdefault(site, Sum()).add(lots, grams)
    of_products = _by_choice(by_product, products, cells.products, ("form", "grade", "cultivar"))
    of_sites = _by_choice(by_site, sites, cells.sites, ("township", "site"))
    passing = [total for product, total in by_product.items() if not products[product]]
    return Facets(
        lots=sum(total.lots for total in passing),
        free_grams=Grams(sum(total.grams for total in passing)),
        capped=cells.capped,
        as_of=cells.as_of,
        form=of_products["form"],
        grade=of_products["grade"],
        cultivar=of_products["cultivar"],
        township=of_sites["township"],
        site=of_sites["site"],
    )


def _missed(kinds: Mapping[str, Any], wanted: Criteria) -> tuple[str, ...]:
    """The filters that a product or site of these kinds does not pass."""
    asked = {
        "form": (wanted.form,), "grade": (wanted.grade,), "cultivar": (wanted.cultivar,),
        "township": wanted.townships or (None,), "site": (wanted.site,),
    }  # fmt: skip
    return tuple(name for name, kind in kinds.items() if asked[name] != (None,) and kind not in asked[name])


def _by_choice(
    totals: Mapping[int, Sum],
    missed: Mapping[int, tuple[str, ...]],
    kinds: Mapping[int, Mapping[str, Any]],
    names: tuple[str, ...],
) -> dict[str, dict[Any, Sum]]:
    """The sums of products or sites under each of their kinds, where no other filter is missed."""
    sums: dict[str, dict[Any, Sum]] = {name: {} for name in names}
    for id, total in totals.items():
        for name in names:
            if missed[id] in ((), (name,)):
                sums[name].setdefault(kinds[id][name], Sum()).add(total.lots, total.grams)
    return sums
