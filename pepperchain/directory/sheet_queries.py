"""Places and cooperatives as sheets name them, looked up once for a whole file."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pepperchain.core import db
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.words import N_
from pepperchain.directory.queries import AreaRow, all_villages, townships
from pepperchain.directory.sheet_rules import place_name, spoken


@dataclass(frozen=True, slots=True)
class Places:
    """Townships and villages by their names without endings. `home` is the township that is meant when several have such a village."""

    townships: dict[str, AreaRow] = field(default_factory=dict)
    villages: dict[str, list[AreaRow]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    home: int | None = None

    def township(self, written: str) -> AreaRow:
        """Refused: there is none of that name."""
        found = self.townships.get(place_name(written))
        if found is None:
            raise Refused(N_("There is no township called %(name)s."), "township", name=written)
        return found

    def village(self, written: str, township: str | None) -> AreaRow:
        """Refused: there is none of that name, or several."""
        found = self.villages.get(place_name(written), [])
        if township is not None:
            inside = self.township(township).id
            found = [village for village in found if village.township_id == inside]
        elif len(found) > 1:
            found = [village for village in found if village.township_id == self.home] or found
        if not found:
            raise Refused(N_("There is no village called %(name)s here."), "village", name=written)
        if len(found) > 1:
            raise Refused(
                N_("Several villages are called %(name)s: write the township as well."),
                "township",
                name=written,
            )
        return found[0]

    def put(self, data: dict[str, Any], values: Mapping[str, Any]) -> None:
        """Writes the place that a row names into what is known of a thing; nothing if it names none. Refused: there is no such place.

        A village stays where only its own township is named.
        """
        township, village = values.get("township"), values.get("village")
        if village is not None:
            area = self.village(str(village), None if township is None else str(township))
            data |= {"village_id": area.id, "township_id": area.township_id}
        elif township is not None:
            found = self.township(str(township)).id
            stays = data.get("village_id") if data.get("township_id") == found else None
            data |= {"township_id": found, "village_id": stays}

    def name(self, area_id: int | None) -> str | None:
        """What people call it."""
        return None if area_id is None else self.names.get(area_id)


async def places(organization_id: int | None) -> Places:
    """All of them; the home township is the organization's."""
    home = None
    if organization_id is not None:
        home = await db.scalar(
            "SELECT township_id FROM directory_organization WHERE id = :id", id=organization_id
        )
    found = Places(home=home)
    for area in await townships():
        found.townships[place_name(area.name)] = area
        found.names[area.id] = area.name
    for area in await all_villages():
        found.villages.setdefault(place_name(area.name), []).append(area)
        found.names[area.id] = area.name
    return found


async def cooperatives_named(names: Sequence[str]) -> dict[str, int]:
    """Cooperatives at work by their whole or short name or credit code, as they are compared."""
    if not names:
        return {}
    rows = await db.tuples(
        "SELECT o.id, o.name, o.short_name, o.credit_code FROM directory_organization o"
        " WHERE o.kind = 'cooperative' AND o.ended_on IS NULL AND (o.name IN :names OR o.short_name IN :names OR o.credit_code IN :names)",
        names=list(names),
    )
    return {spoken(name): id for id, *called in rows for name in called if name}


@dataclass(frozen=True, slots=True)
class MembershipNow:
    """A household's time in a cooperative, as it is."""

    id: int
    household_id: int
    organization_id: int
    organization: str
    started_on: str
    ended_on: str | None
    version: int

    @property
    def started(self) -> date:
        return date.fromisoformat(str(self.started_on))

    @property
    def ended(self) -> date | None:
        return None if self.ended_on is None else date.fromisoformat(str(self.ended_on))


async def memberships(household_ids: Collection[int]) -> list[MembershipNow]:
    """The memberships of households that the actor was found to see."""
    if not household_ids:
        return []
    return await db.fetch(
        MembershipNow,
        "SELECT m.id, m.household_id, m.organization_id, o.short_name, m.started_on, m.ended_on, m.version"
        " FROM directory_membership m JOIN directory_organization o ON o.id = m.organization_id WHERE m.household_id IN :ids"
        " ORDER BY m.household_id, m.started_on, m.id",
        ids=list(household_ids),
    )


_ORGANIZATION = (
    "SELECT o.id, o.version, o.kind, o.name, o.short_name, o.credit_code, o.township_id, o.village_id, o.address, o.contact_name,"
    " o.contact_phone FROM directory_organization o WHERE o.ended_on IS NULL"
)


@dataclass(frozen=True, slots=True)
class OrganizationNow:
    """What sheets can change of an organization, as it is."""

    id: int
    version: int
    kind: str
    name: str
    short_name: str
    credit_code: str | None
    township_id: int | None
    village_id: int | None
    address: str | None
    contact_name: str | None
    contact_phone: str | None


async def organizations(
    codes: Sequence[str], names: Sequence[str]
) -> tuple[dict[str, OrganizationNow], dict[str, OrganizationNow]]:
    """Organizations at work by credit code and by whole name."""
    found = await db.fetch(
        OrganizationNow,
        f"{_ORGANIZATION} AND (o.credit_code IN :codes OR o.name IN :names)",
        codes=list(codes),
        names=list(names),
    )
    return {each.credit_code: each for each in found if each.credit_code}, {each.name: each for each in found}


async def organization_now(id: int) -> OrganizationNow:
    """One of them. Missing: it has ended or never was."""
    found = await db.fetch_one(OrganizationNow, f"{_ORGANIZATION} AND o.id = :id", id=id)
    if found is None:
        raise Missing()
    return found


async def organization_called(name: str) -> int | None:
    """The organization at work of a whole or short name; None if there is none, or several."""
    found = await db.fetch(
        int,
        "SELECT o.id FROM directory_organization o WHERE o.ended_on IS NULL AND (o.name = :name OR o.short_name = :name) LIMIT 2",
        name=name,
    )
    return found[0] if len(found) == 1 else None
