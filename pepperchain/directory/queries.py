"""Reading the registry in the actor's scope: areas, sites, growers as one types, households."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.directory import card_queries
from pepperchain.directory.models import COOPERATIVE, Household, Person, Site
from pepperchain.directory.search_queries import Narrowing, Wanted, find

COUNT_MAX = 1000
SITES_MAX = 500


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A township or a village."""

    id: int
    kind: str
    code: str
    name: str
    name_en: str
    township_id: int
    band: str
    altitude_m: int
    tile_column: int | None
    tile_row: int | None

    def called(self, language: str) -> str:
        """Its name in the reader's language."""
        return self.name_en if language == "en" else self.name


_AREA = (
    "SELECT a.id, a.kind, a.code, a.name, a.name_en, a.township_id, a.band, a.altitude_m, a.tile_column, a.tile_row"
    " FROM directory_area a"
)


async def townships() -> list[AreaRow]:
    """All townships, as the district lists them."""
    return await db.fetch(AreaRow, f"{_AREA} WHERE a.kind = 'township' ORDER BY a.code")


async def villages(township_id: int) -> list[AreaRow]:
    """The villages of a township."""
    return await db.fetch(
        AreaRow,
        f"{_AREA} WHERE a.township_id = :township AND a.kind = 'village' ORDER BY a.pinyin, a.id",
        township=township_id,
    )


async def all_villages() -> list[AreaRow]:
    """Every village, township by township: some three hundred."""
    return await db.fetch(AreaRow, f"{_AREA} WHERE a.kind = 'village' ORDER BY a.code")


async def get_area(id: int) -> AreaRow:
    """A township or village. Raises Missing."""
    row = await db.fetch_one(AreaRow, f"{_AREA} WHERE a.id = :id AND a.kind <> 'district'", id=id)
    if row is None:
        raise Missing()
    return row


async def area_named(township: str, village: str | None = None) -> AreaRow | None:
    """The township of that name, or its village: how sheets and fixtures name a place."""
    found = await db.fetch_one(
        AreaRow, f"{_AREA} WHERE a.kind = 'township' AND a.name = :name", name=township
    )
    if found is None or village is None:
        return found
    return await db.fetch_one(
        AreaRow,
        f"{_AREA} WHERE a.township_id = :township AND a.kind = 'village' AND a.name = :name",
        township=found.id,
        name=village,
    )


async def villages_lived_in(actor: Actor) -> list[AreaRow]:
    """The villages that the actor's list of growers can be narrowed to: where a cooperative's members live, else all in scope."""
    if actor.role not in COOPERATIVE or actor.organization_id is None:
        return await villages_for(actor)
    return await db.fetch(
        AreaRow,
        f"{_AREA} WHERE a.id IN (SELECT h.village_id FROM directory_household h WHERE h.cooperative_id = :org"
        " AND h.ended_on IS NULL) ORDER BY a.code",
        org=actor.organization_id,
    )


async def villages_for(actor: Actor) -> list[AreaRow]:
    """The villages that the actor's lists and forms offer: a cooperative's own and those around it, a technician's, or all."""
    if actor.role in COOPERATIVE and actor.organization_id is not None:
        around = (
            f"{_AREA} WHERE a.kind = 'village' AND a.township_id IN (SELECT v.township_id FROM directory_area v WHERE v.id IN"
            " (SELECT h.village_id FROM directory_household h WHERE h.cooperative_id = :org AND h.ended_on IS NULL)"
            " UNION SELECT o.township_id FROM directory_organization o WHERE o.id = :org) ORDER BY a.code"
        )
        return await db.fetch(AreaRow, around, org=actor.organization_id) or await all_villages()
    if actor.role is Role.TECHNICIAN:
        return await db.fetch(
            AreaRow,
            f"{_AREA} WHERE a.kind = 'village' AND a.township_id IN :townships ORDER BY a.code",
            townships=actor.township_ids,
        )
    return await all_villages()


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A place where pepper is weighed or kept."""

    id: int
    operator_id: int
    operator: str
    kind: str
    name: str
    township_id: int
    township: str
    township_en: str
    village_id: int | None
    address: str | None
    public_benefit: bool
    slip_prefix: str
    version: int
    closed_on: str | None


_SITE = (
    "SELECT s.id, s.operator_id, o.short_name, s.kind, s.name, s.township_id, t.name, t.name_en, s.village_id, s.address,"
    " s.public_benefit, s.slip_prefix, s.version, s.closed_on FROM directory_site s JOIN directory_organization o ON o.id = s.operator_id"
    " JOIN directory_area t ON t.id = s.township_id"
)


async def sites_of(actor: Actor, *, operator_id: int | None = None, closed: bool = False) -> list[SiteRow]:
    """The sites that the actor sees, perhaps of one operator, open ones unless `closed`."""
    scope = Site.visible_to(actor, "s")
    return await db.fetch(
        SiteRow,
        f"{_SITE} WHERE {scope.sql} {'' if closed else 'AND s.closed_on IS NULL'}"
        f" {'AND s.operator_id = :operator' if operator_id is not None else ''}"
        " ORDER BY s.operator_id, s.id LIMIT :most",
        most=SITES_MAX,
        **({"operator": operator_id} if operator_id is not None else {}),
        **scope.params,
    )


async def get_site(actor: Actor, id: int) -> SiteRow:
    """One site. Raises Missing for those that the actor does not see."""
    scope = Site.visible_to(actor, "s")
    row = await db.fetch_one(SiteRow, f"{_SITE} WHERE s.id = :id AND {scope.sql}", id=id, **scope.params)
    if row is None:
        raise Missing()
    return row


@dataclass(frozen=True, slots=True)
class GrowerHit:
    """A person that a search found, with what tells them from others of the same name."""

    household_id: int
    person_id: int
    name: str
    is_head: bool
    phone_tail: str
    group_number: int | None
    village_id: int
    village: str
    village_en: str
    township_id: int
    card_number: str
    cooperative_id: int | None
    cooperative: str | None


_HIT_COLUMNS = (
    "h.id, p.id, p.name, p.is_head, p.phone, h.group_number, v.id, v.name, v.name_en, h.township_id, h.card_number,"
    " h.cooperative_id, o.short_name"
)
_HIT_JOINS = " JOIN directory_area v ON v.id = h.village_id LEFT JOIN directory_organization o ON o.id = h.cooperative_id"
_HIT = f"SELECT {_HIT_COLUMNS} FROM directory_person p JOIN directory_household h ON h.id = p.household_id{_HIT_JOINS}"
_HITS = Wanted(_HIT_COLUMNS, _HIT_JOINS)


def _hit(
    household_id: int, person_id: int, name: str, is_head: object, phone: str | None, *rest: Any
) -> GrowerHit:
    return GrowerHit(household_id, person_id, name, bool(is_head), phone[-4:] if phone else "", *rest)


async def search_growers(
    actor: Actor, text: str, *, limit: int = 20, township_id: int | None = None
) -> list[GrowerHit]:
    """People in the actor's scope by name, pinyin, initials, phone (its last digits, or its first seven) or card number.

    Whole names come first, then names that begin so, then the latest entered. Never more than `limit`.
    """
    return await find(_hit, _HITS, actor, text, narrowing=Narrowing(township_id), limit=limit)


async def hits(actor: Actor, person_ids: Sequence[int]) -> list[GrowerHit]:
    """The given people, in the given order; those whom the actor does not see are left out."""
    if not person_ids:
        return []
    scope = Person.visible_to(actor, "p")
    rows = await db.fetch(
        _hit, f"{_HIT} WHERE p.id IN :ids AND {scope.sql}", ids=list(person_ids), **scope.params
    )
    place = {person_id: at for at, person_id in enumerate(person_ids)}
    return sorted(rows, key=lambda hit: place[hit.person_id])


async def household_by_card(actor: Actor, card: str) -> GrowerHit | None:
    """The head of the household whose card was scanned or typed; None if the actor sees no such household. Refused: a lost card."""
    found = await card_queries.holder(actor, card)
    if found is None:
        return None
    found.check()
    scope = Household.visible_to(actor, "h")
    return await db.fetch_one(
        _hit,
        f"{_HIT} WHERE h.id = :id AND p.id = h.head_id AND h.ended_on IS NULL AND {scope.sql}",
        id=found.household_id,
        **scope.params,
    )


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """A household as lists show it."""

    id: int
    card_number: str
    head: str
    village: str
    village_en: str
    township: str
    township_en: str
    group_number: int | None
    people: int
    plots: int
    area_centimu: int
    phone: str | None
    cooperative: str | None
    found: str | None = None
    """Whom a search found in it, when it is not the head."""


_ROW_COLUMNS = (
    "h.id, h.card_number, p.name, v.name, v.name_en, t.name, t.name_en, h.group_number, h.people, h.plots, h.area_centimu,"
    " COALESCE(c.phone, p.phone), o.short_name"
)
_ROW_JOINS = (
    " JOIN directory_person p ON p.id = h.head_id JOIN directory_area v ON v.id = h.village_id"
    " JOIN directory_area t ON t.id = h.township_id LEFT JOIN directory_person c ON c.id = h.contact_person_id"
    " LEFT JOIN directory_organization o ON o.id = h.cooperative_id"
)
_LACKING = {"phone": Clause("NOT h.has_phone"), "plot": Clause("h.plots = 0")}
LACKING = tuple(_LACKING)


def _list_clause(
    actor: Actor, township_id: int | None, village_id: int | None, lacking: str | None, marked: Clause | None
) -> tuple[Clause, bool]:
    """What is listed, and whether a place was chosen (then the scope need not be taken apart)."""
    clause = Clause("h.ended_on IS NULL") & Household.visible_to(actor, "h")
    if lacking is not None:
        clause &= _LACKING[lacking]
    if marked is not None:
        clause &= marked
    if village_id is not None:
        return clause & Clause("h.village_id = :village", {"village": village_id}), True
    if township_id is not None:
        return clause & Clause("h.township_id = :township", {"township": township_id}), True
    return clause, False


async def list_households(
    actor: Actor,
    *,
    township_id: int | None = None,
    village_id: int | None = None,
    lacking: str | None = None,
    marked: Clause | None = None,
    before: int | None = None,
    limit: int,
) -> list[HouseholdRow]:
    """Households in the actor's scope, the latest entered first; `before` is the last id of the page before."""
    clause, placed = _list_clause(actor, township_id, village_id, lacking, marked)
    if before is not None:
        clause &= Clause("h.id < :before", {"before": before})
    parts = [clause] if placed else clause.apart()
    params: dict[str, Any] = {"limit": limit}
    for part in parts:
        params.update(part.params)
    listed = " UNION ALL ".join(
        f"SELECT * FROM (SELECT h.id FROM directory_household h WHERE {part.sql} ORDER BY h.id DESC LIMIT :limit) part_{place}"
        for place, part in enumerate(parts)
    )
    return await db.fetch(
        HouseholdRow,
        f"SELECT {_ROW_COLUMNS} FROM (SELECT id FROM ({listed}) listed ORDER BY id DESC LIMIT :limit) chosen"
        f" JOIN directory_household h ON h.id = chosen.id{_ROW_JOINS} ORDER BY h.id DESC",
        **params,
    )


async def count_households(
    actor: Actor,
    *,
    township_id: int | None = None,
    village_id: int | None = None,
    lacking: str | None = None,
    marked: Clause | None = None,
) -> int:
    """How many there are, counted no further than one above `COUNT_MAX`."""
    clause, _ = _list_clause(actor, township_id, village_id, lacking, marked)
    return int(
        await db.scalar(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM directory_household h WHERE {clause.sql} LIMIT :most) counted",
            most=COUNT_MAX + 1,
            **clause.params,
        )
    )


async def count_all_households(
    actor: Actor,
    *,
    township_id: int | None = None,
    village_id: int | None = None,
    lacking: str | None = None,
    marked: Clause | None = None,
) -> int:
    """How many there are, however many; for work that takes longer than counting them."""
    clause, _ = _list_clause(actor, township_id, village_id, lacking, marked)
    return int(
        await db.scalar(f"SELECT COUNT(*) FROM directory_household h WHERE {clause.sql}", **clause.params)
    )


_HOMES = Wanted("h.id, p.name, p.is_head")


def _plain(*row: Any) -> tuple[Any, ...]:
    return row


async def households_found(
    actor: Actor,
    text: str,
    *,
    township_id: int | None = None,
    village_id: int | None = None,
    lacking: str | None = None,
    marked: Clause | None = None,
    limit: int,
) -> list[HouseholdRow]:
    """Households of the people whom a text finds, the best first."""
    clause = EVERYTHING if lacking is None else _LACKING[lacking]
    if marked is not None:
        clause = marked if clause is EVERYTHING else clause & marked
    if village_id is not None:
        village = Clause("h.village_id = :village", {"village": village_id})
        # So that only its township's stretch of the index is looked through, and to its end.
        township_id = (await get_area(village_id)).township_id
        clause = village if clause is EVERYTHING else clause & village
    people = await find(_plain, _HOMES, actor, text, narrowing=Narrowing(township_id, clause), limit=limit)
    best: dict[int, str | None] = {}
    for home, name, is_head in people:
        best.setdefault(home, None if is_head else name)
    if not best:
        return []
    scope = Household.visible_to(actor, "h")
    rows = await db.fetch(
        HouseholdRow,
        f"SELECT {_ROW_COLUMNS} FROM directory_household h{_ROW_JOINS} WHERE h.id IN :homes AND {scope.sql}",
        homes=list(best),
        **scope.params,
    )
    order = {home: at for at, home in enumerate(best)}
    return [replace(row, found=best[row.id]) for row in sorted(rows, key=lambda row: order[row.id])]


def may_choose_cooperative(actor: Actor) -> bool:
    """Whether the actor enters households for any cooperative; a cooperative's own people enter their own members."""
    return actor.role in (Role.ADMIN, Role.SYSTEM)
