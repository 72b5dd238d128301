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
