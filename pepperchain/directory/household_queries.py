"""One household with its people, plots and memberships, in the actor's scope."""

from dataclasses import dataclass
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.directory.models import Household, Person, Plot


@dataclass(frozen=True, slots=True)
class HouseholdDetail:
    """A household as its own page shows it."""

    id: int
    card_number: str
    head_id: int
    contact_person_id: int | None
    village_id: int
    village: str
    village_en: str
    township_id: int
    township: str
    township_en: str
    group_number: int | None
    address: str | None
    cooperative_id: int | None
    cooperative: str | None
    note: str | None
    people: int
    plots: int
    area_centimu: int
    created_at: int
    version: int
    ended_on: str | None
    card_lost_at: int | None
    """Set while the card is reported lost and no new one is issued."""

    @property
    def card_in_use(self) -> str | None:
        """The number that the household is found and weighed in by."""
        return None if self.card_lost_at is not None else self.card_number


async def get_household(actor: Actor, id: int) -> HouseholdDetail:
    """One household. Raises Missing for those that the actor does not see, and for one that was merged into another."""
    scope = Household.visible_to(actor, "h")
    row = await db.fetch_one(
        HouseholdDetail,
        "SELECT h.id, h.card_number, h.head_id, h.contact_person_id, h.village_id, v.name, v.name_en, h.township_id, t.name, t.name_en,"
        " h.group_number, h.address, h.cooperative_id, o.short_name, h.note, h.people, h.plots, h.area_centimu, h.created_at,"
        " h.version, h.ended_on, k.lost_at FROM directory_household h JOIN directory_area v ON v.id = h.village_id"
        " JOIN directory_area t ON t.id = h.township_id LEFT JOIN directory_organization o ON o.id = h.cooperative_id"
        " LEFT JOIN directory_card k ON k.number = h.card_number"
        f" WHERE h.id = :id AND h.merged_into_id IS NULL AND {scope.sql}",
        id=id,
        **scope.params,
    )
    if row is None:
        raise Missing()
    return row


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody of a household; ID number and bank card only as hints."""

    id: int
    household_id: int
    township_id: int
    name: str
    sex: str | None
    born_on: str | None
    phone: str | None
    is_head: bool
    has_smartphone: bool | None
    id_number_hint: str | None
    bank_card_hint: str | None
    version: int
    left_on: str | None


_PERSON = (
    "SELECT p.id, p.household_id, p.township_id, p.name, p.sex, p.born_on, p.phone, p.is_head, p.has_smartphone, p.id_number_hint,"
    " p.bank_card_hint, p.version, p.left_on FROM directory_person p"
)


def _person(*row: Any) -> PersonRow:
    return PersonRow(*(*row[:7], bool(row[7]), None if row[8] is None else bool(row[8]), *row[9:]))


async def people_of(actor: Actor, household_id: int, *, left: bool = False) -> list[PersonRow]:
    """The people of a household, its head first; those who left only if `left`."""
    scope = Person.visible_to(actor, "p")
    rows = await db.fetch(
        _person,
        f"{_PERSON} WHERE p.household_id = :household AND p.merged_into_id IS NULL AND p.erased_at IS NULL AND {scope.sql}"
        f" {'' if left else 'AND p.left_on IS NULL'} ORDER BY p.id",
        household=household_id,
        **scope.params,
    )
    return sorted(rows, key=lambda person: (person.left_on is not None, not person.is_head, person.id))


async def get_person(actor: Actor, id: int) -> PersonRow:
    """One person. Raises Missing for those that the actor does not see, and for those that were erased."""
    scope = Person.visible_to(actor, "p")
    row = await db.fetch_one(
        _person,
        f"{_PERSON} WHERE p.id = :id AND p.merged_into_id IS NULL AND p.erased_at IS NULL AND {scope.sql}",
        id=id,
        **scope.params,
    )
    if row is None:
        raise Missing()
    return row


@dataclass(frozen=True, slots=True)
class PlotRow:
    """A plot, with its main practice of the latest season that one is known for."""

    id: int
    household_id: int
    name: str
    village_id: int
    village: str
    village_en: str
    township_id: int
    area_centimu: int
    cultivar: str
    planted_year: int | None
    tree_count: int | None
    altitude_m: int | None
    slope: str | None
    version: int
    ended_on: str | None
    season: int | None
    practice: str | None


PLOT_COLUMNS = (
    "f.id, f.household_id, f.name, f.village_id, v.name, v.name_en, f.township_id, f.area_centimu, f.cultivar, f.planted_year,"
    " f.tree_count, f.altitude_m, f.slope, f.version, f.ended_on, pr.season, pr.practice"
)
PLOT_FROM = (
    "FROM directory_plot f JOIN directory_area v ON v.id = f.village_id LEFT JOIN directory_plot_practice pr ON pr.plot_id = f.id"
    " AND pr.season = (SELECT MAX(latest.season) FROM directory_plot_practice latest WHERE latest.plot_id = f.id)"
)
_PLOT = f"SELECT {PLOT_COLUMNS} {PLOT_FROM}"


async def plots_of(actor: Actor, household_id: int) -> list[PlotRow]:
    """The plots of a household that are still worked."""
    scope = Plot.visible_to(actor, "f")
    return await db.fetch(
        PlotRow,
        f"{_PLOT} WHERE f.household_id = :household AND f.ended_on IS NULL AND {scope.sql} ORDER BY f.id",
        household=household_id,
        **scope.params,
    )


async def get_plot(actor: Actor, id: int) -> PlotRow:
    """One plot. Raises Missing for those that the actor does not see."""
    scope = Plot.visible_to(actor, "f")
    row = await db.fetch_one(PlotRow, f"{_PLOT} WHERE f.id = :id AND {scope.sql}", id=id, **scope.params)
    if row is None:
        raise Missing()
    return row


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """A household in a cooperative, from a day to a day."""

    id: int
    organization_id: int
    organization: str
    started_on: str
    ended_on: str | None
    version: int


async def memberships_of(actor: Actor, household_id: int) -> list[MembershipRow]:
    """The memberships of a household the actor sees, the latest first."""
    scope = Household.visible_to(actor, "h")
    return await db.fetch(
        MembershipRow,
        "SELECT m.id, m.organization_id, o.short_name, m.started_on, m.ended_on, m.version FROM directory_membership m"
        " JOIN directory_organization o ON o.id = m.organization_id JOIN directory_household h ON h.id = m.household_id"
        f" WHERE m.household_id = :household AND {scope.sql} ORDER BY m.started_on DESC, m.id DESC",
        household=household_id,
        **scope.params,
    )
