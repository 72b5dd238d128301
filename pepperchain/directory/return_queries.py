"""What became of households and plots since a sheet brought them in or changed them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pepperchain.core import db


@dataclass(frozen=True, slots=True)
class Since:
    """A household that a sheet brought in: its versions now, and what others added to it."""

    id: int
    version: int
    head_version: int | None
    others: int
    plots: int
    memberships: int
    ended_on: str | None

    @property
    def is_untouched(self) -> bool:
        """Nobody changed it or built on it."""
        added = self.others + self.plots + self.memberships
        return (self.version, self.head_version, added, self.ended_on) == (1, 1, 0, None)


async def since_entered(household_ids: Collection[int], *, at: datetime) -> dict[int, Since]:
    """Households that were brought in at a moment, as they are now."""
    if not household_ids:
        return {}
    rows = await db.fetch(
        Since,
        "SELECT h.id, h.version, p.version,"
        " (SELECT COUNT(*) FROM directory_person c WHERE c.household_id = h.id AND c.id <> h.head_id),"
        " (SELECT COUNT(*) FROM directory_plot f WHERE f.household_id = h.id AND f.created_at <> :at),"
        " (SELECT COUNT(*) FROM directory_membership m WHERE m.household_id = h.id"
        " AND (m.created_at <> :at OR m.version <> 1 OR m.ended_on IS NOT NULL)),"
        " h.ended_on FROM directory_household h LEFT JOIN directory_person p ON p.id = h.head_id WHERE h.id IN :ids",
        ids=list(household_ids),
        at=at,
    )
    return {row.id: row for row in rows}


_OVER = {"directory_person": "left_on", "directory_site": "closed_on"}
"""By table: the column that says that a row is no longer in use."""


async def versions(table: str, ids: Collection[int]) -> dict[int, int]:
    """The versions of registry rows that are still in use."""
    if not ids:
        return {}
    over = _OVER.get(table, "ended_on")
    return dict(
        await db.tuples(
            f"SELECT r.id, r.version FROM {table} r WHERE r.id IN :ids AND r.{over} IS NULL", ids=list(ids)
        )
    )


async def organizations_in_use(ids: Collection[int]) -> set[int]:
    """Those that have members, sites or relations."""
    if not ids:
        return set()
    return set(
        await db.fetch(
            int,
            "SELECT o.id FROM directory_organization o WHERE o.id IN :ids AND ("
            " EXISTS (SELECT 1 FROM directory_membership m WHERE m.organization_id = o.id)"
            " OR EXISTS (SELECT 1 FROM directory_site s WHERE s.operator_id = o.id)"
            " OR EXISTS (SELECT 1 FROM directory_organization_relation r WHERE r.from_id = o.id OR r.to_id = o.id))",
            ids=list(ids),
        )
    )


async def sites_in_use(ids: Collection[int]) -> set[int]:
    """Those where something was weighed or is kept."""
    if not ids:
        return set()
    return set(
        await db.fetch(
            int,
            "SELECT s.id FROM directory_site s WHERE s.id IN :ids"
            " AND (EXISTS (SELECT 1 FROM harvest_weighin w WHERE w.site_id = s.id)"
            " OR EXISTS (SELECT 1 FROM storage_room r WHERE r.site_id = s.id))",
            ids=list(ids),
        )
    )


async def leading(person_ids: Collection[int]) -> set[int]:
    """Those of the people who head a household, or are whom to talk to in it."""
    if not person_ids:
        return set()
    rows = await db.tuples(
        "SELECT h.head_id, h.contact_person_id FROM directory_household h JOIN directory_person p ON p.household_id = h.id"
        " WHERE p.id IN :ids",
        ids=list(person_ids),
    )
    return {id for row in rows for id in row if id in person_ids}


@dataclass(frozen=True, slots=True)
class MembershipSince:
    """A membership now, and when another one of its household that is open was entered, if there is one."""

    id: int
    version: int
    other_at: int | None


async def memberships_now(ids: Collection[int]) -> dict[int, MembershipSince]:
    """What became of memberships that a sheet made or changed."""
    if not ids:
        return {}
    rows = await db.fetch(
        MembershipSince,
        "SELECT m.id, m.version, (SELECT MAX(o.created_at) FROM directory_membership o WHERE o.household_id = m.household_id"
        " AND o.ended_on IS NULL AND o.id <> m.id) FROM directory_membership m WHERE m.id IN :ids",
        ids=list(ids),
    )
    return {row.id: row for row in rows}
