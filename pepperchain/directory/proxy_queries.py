"""Who may act for a household of which they are not, or sign for the one of which they are, on which days."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause
from pepperchain.directory.models import Household, Person
from pepperchain.directory.relation_models import Proxy
from pepperchain.directory.relation_rules import in_force
from pepperchain.settings import settings

COUNT_MAX = 1000


@dataclass(frozen=True, slots=True)
class ProxyRow:
    """A proxy with the names around it; that of somebody whom the actor no longer sees is None."""

    id: int
    household_id: int
    head: str | None
    village: str
    village_en: str
    person_id: int
    name: str | None
    phone: str | None
    is_own: bool
    """Whether they are of the household themselves."""
    given_by: str
    may_deliver: bool
    may_sign: bool
    from_on: str
    until_on: str
    witness: str | None
    actor_name: str
    created_at: int
    version: int
    revoked_on: str | None
    revoked_by: str | None
    revoked_reason: str | None
    photo_token: str | None
    """The photo of what was signed."""

    def counts_on(self, day: date) -> bool:
        """Whether they may act on that day."""
        return in_force(day, from_on=self.from_on, until_on=self.until_on, revoked_on=self.revoked_on)

    def ended_by(self, day: date) -> bool:
        """Whether it is over on that day."""
        return self.revoked_on is not None or self.until_on < day.isoformat()


def _proxy(*row: Any) -> ProxyRow:
    return ProxyRow(*(*row[:8], bool(row[8]), row[9], bool(row[10]), bool(row[11]), *row[12:]))


def _select(actor: Actor) -> tuple[str, Mapping[str, Any]]:
    people = Person.visible_to(actor, "p")
    sql = (
        "SELECT x.id, x.household_id, k.name, v.name, v.name_en, x.person_id, p.name, p.phone,"
        " COALESCE(p.household_id, 0) = x.household_id, g.name, x.may_deliver, x.may_sign, x.from_on, x.until_on, x.witness,"
        " x.actor_name, x.created_at, x.version, x.revoked_on, x.revoked_by, x.revoked_reason, x.photo_token FROM directory_proxy x"
        " JOIN directory_household h ON h.id = x.household_id JOIN directory_area v ON v.id = h.village_id"
        " JOIN directory_person g ON g.id = x.given_by_id LEFT JOIN directory_person k ON k.id = h.head_id"
        f" LEFT JOIN directory_person p ON p.id = x.person_id AND {people.sql}"
    )
    return sql, people.params


async def proxies_of(actor: Actor, household_id: int) -> list[ProxyRow]:
    """The proxies of a household, those that last longest first."""
    select, params = _select(actor)
    scope = Proxy.visible_to(actor, "x")
    return await db.fetch(
        _proxy,
        f"{select} WHERE x.household_id = :household AND {scope.sql}"
        " ORDER BY x.revoked_on IS NOT NULL, x.until_on DESC, x.id DESC",
        household=household_id,
        **{**params, **scope.params},
    )


async def get_proxy(actor: Actor, household_id: int, id: int) -> ProxyRow:
    """One proxy of a household. Raises Missing."""
    found = next((each for each in await proxies_of(actor, household_id) if each.id == id), None)
    if found is None:
        raise Missing()
    return found


def _ending(actor: Actor, today: date) -> Clause:
    soon = today + timedelta(days=settings().section("proxies")["soon_days"])
    return Proxy.visible_to(actor, "x") & Clause(
        "x.revoked_on IS NULL AND x.until_on >= :today AND x.until_on <= :soon",
        {"today": today, "soon": soon},
    )


async def ending_soon(
    actor: Actor, *, today: date, after: tuple[date, int] | None = None, limit: int
) -> list[ProxyRow]:
    """Proxies that end within the days of the setting, the first to end first; `after` is where the page before ended."""
    clause = _ending(actor, today)
    if after is not None:
        clause &= Clause(
            "(x.until_on, x.id) > (:after_on, :after_id)", {"after_on": after[0], "after_id": after[1]}
        )
    select, params = _select(actor)
    return await db.fetch(
        _proxy,
        f"{select} WHERE {clause.sql} ORDER BY x.until_on, x.id LIMIT :limit",
        limit=limit,
        **{**params, **clause.params},
    )


async def count_ending_soon(actor: Actor, *, today: date) -> int:
    """How many there are, counted no further than one above `COUNT_MAX`."""
    clause = _ending(actor, today)
    return int(
        await db.scalar(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM directory_proxy x WHERE {clause.sql} LIMIT :most) counted",
            most=COUNT_MAX + 1,
            **clause.params,
        )
    )


@dataclass(frozen=True, slots=True)
class Deputy:
    """Somebody who may deliver for a household, or might until a while ago; nobody else is offered at the scale."""

    household_id: int
    person_id: int
    name: str
    from_on: str
    until_on: str
    revoked_on: str | None

    def counts_on(self, day: date) -> bool:
        return in_force(day, from_on=self.from_on, until_on=self.until_on, revoked_on=self.revoked_on)

    @property
    def last_on(self) -> str:
        """The last day that it counted, or counts."""
        return min(self.until_on, self.revoked_on or self.until_on)


async def deputies(actor: Actor, household_ids: Collection[int]) -> Mapping[int, Sequence[Deputy]]:
    """Who delivers for these households, of people and households that the actor sees; each person once, by the latest proxy."""
    if not household_ids:
        return {}
    people, homes = Person.visible_to(actor, "p"), Household.visible_to(actor, "h")
    rows = await db.fetch(
        Deputy,
        "SELECT x.household_id, x.person_id, p.name, x.from_on, x.until_on, x.revoked_on FROM directory_proxy x"
        " JOIN directory_person p ON p.id = x.person_id JOIN directory_household h ON h.id = x.household_id"
        f" WHERE x.household_id IN :homes AND x.may_deliver AND p.left_on IS NULL AND {people.sql} AND {homes.sql}"
        " ORDER BY x.household_id, x.revoked_on IS NOT NULL, x.until_on DESC, x.id DESC",
        homes=sorted(set(household_ids)),
        **{**people.params, **homes.params},
    )
    found: dict[int, list[Deputy]] = {}
    for row in rows:
        own = found.setdefault(row.household_id, [])
        if all(each.person_id != row.person_id for each in own):
            own.append(row)
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody who is not of a household stands to it at the scale on a day."""

    counts: bool
    ended_on: str | None
    """The last day of the proxy that there was, if there was one before."""


def _standing(rows: Sequence[tuple[str, str, str | None]], day: date) -> Standing:
    if any(in_force(day, from_on=start, until_on=end, revoked_on=gone) for start, end, gone in rows):
        return Standing(True, None)
    text = day.isoformat()
    over = [min(end, gone or end) for start, end, gone in rows if start <= text]
    return Standing(False, max(over, default=None))


async def standings(pairs: Collection[tuple[int, int, date]]) -> Mapping[tuple[int, int, date], Standing]:
    """For (household, person, day): whether they may deliver. Asked only of households and people whom the actor was found to see."""
    if not pairs:
        return {}
    found: dict[tuple[int, int], list[tuple[str, str, str | None]]] = {}
    for household_id, person_id, *days in await db.tuples(
        "SELECT x.household_id, x.person_id, x.from_on, x.until_on, x.revoked_on FROM directory_proxy x"
        " WHERE x.household_id IN :homes AND x.person_id IN :people AND x.may_deliver",
        homes=sorted({home for home, _, _ in pairs}),
        people=sorted({person for _, person, _ in pairs}),
    ):
        found.setdefault((household_id, person_id), []).append((days[0], days[1], days[2]))
    return {each: _standing(found.get(each[:2], ()), each[2]) for each in pairs}


async def may_sign(household_id: int, person_id: int, day: date) -> bool:
    """Whether they may sign for the household on that day: its head always, others by a proxy."""
    rows = await db.tuples(
        "SELECT x.from_on, x.until_on, x.revoked_on FROM directory_proxy x JOIN directory_person p ON p.id = x.person_id"
        " WHERE x.household_id = :household AND x.person_id = :person AND x.may_sign AND p.left_on IS NULL",
        household=household_id,
        person=person_id,
    )
    if any(in_force(day, from_on=start, until_on=end, revoked_on=gone) for start, end, gone in rows):
        return True
    head = await db.scalar("SELECT head_id FROM directory_household WHERE id = :id", id=household_id)
    return head is not None and int(head) == person_id


async def known_papers(tokens: Sequence[str]) -> set[str]:
    """Which of these files belong to a proxy."""
    rows = await db.tuples(
        "SELECT x.photo_token FROM directory_proxy x WHERE x.photo_token IN :some", some=list(tokens)
    )
    return {str(token) for (token,) in rows}
