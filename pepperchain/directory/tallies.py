"""What a household's row keeps about its people and plots, so that lists need not count. Building blocks of the verbs."""

from collections.abc import Collection

from pepperchain.core import db

_PEOPLE = "directory_person c WHERE c.household_id = directory_household.id AND c.left_on IS NULL"
_PLOTS = "directory_plot c WHERE c.household_id = directory_household.id AND c.ended_on IS NULL"
_COUNTED = f"""
    people = (SELECT COUNT(*) FROM {_PEOPLE}),
    has_phone = EXISTS (SELECT 1 FROM {_PEOPLE} AND c.phone IS NOT NULL),
    plots = (SELECT COUNT(*) FROM {_PLOTS}),
    area_centimu = (SELECT COALESCE(SUM(c.area_centimu), 0) FROM {_PLOTS})
"""


async def recount_many(household_ids: Collection[int]) -> None:
    """The same for many households."""
    await db.execute(
        f"UPDATE directory_household SET {_COUNTED} WHERE id IN :ids", ids=sorted(set(household_ids))
    )


async def recount(household_id: int) -> None:
    """Sets them from the rows themselves, after a person or a plot came, changed or went."""
    await db.execute(f"UPDATE directory_household SET {_COUNTED} WHERE id = :id", id=household_id)


async def settle(household_ids: Collection[int]) -> None:
    """What a household's row and those of its people, plots, proxies and memberships keep of each other, from what it follows from:
    its cooperative is that of its open membership, and they are of its cooperative and its township.
    """
    ids = sorted(set(household_ids))
    await db.execute(
        "UPDATE directory_household SET cooperative_id = (SELECT m.organization_id FROM directory_membership m"
        " WHERE m.household_id = directory_household.id AND m.ended_on IS NULL) WHERE id IN :ids",
        ids=ids,
    )
    for table, columns in _OF_HOUSEHOLD.items():
        sets = ", ".join(
            f"{name} = (SELECT h.{name} FROM directory_household h WHERE h.id = {table}.household_id)"
            for name in columns
        )
        await db.execute(f"UPDATE {table} SET {sets} WHERE household_id IN :ids", ids=ids)
    await recount_many(ids)


_OF_HOUSEHOLD = {
    "directory_person": ("township_id", "cooperative_id"),
    "directory_membership": ("township_id",),
    "directory_plot": ("cooperative_id",),
    "directory_proxy": ("township_id", "cooperative_id"),
}
