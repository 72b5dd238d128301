"""How much members of a consortium weighed in, for the pages of organizations."""

from collections.abc import Collection, Mapping
from datetime import date

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core import db
from pepperchain.harvest.models import DayTotal
from pepperchain.harvest.rules import season_of

FEW_MAX = 20
"""Of so many members the sums of their days are looked up; for more, those of everybody's days are read in a row, which is quicker."""


async def of_members(
    actor: Actor, pairs: Collection[tuple[int, int]], today: date
) -> Mapping[tuple[int, int], int]:
    """What each member weighed in this season, of members all of whose slips the actor sees."""
    if actor.role is Role.TECHNICIAN:
        return {}  # they see what townships grew, which is less than what a cooperative weighed in
    members = sorted({member for member, _ in pairs})
    few = {"members": members} if len(members) <= FEW_MAX else {}
    which = "t.cooperative_id IN :members AND " if few else ""
    seen = DayTotal.visible_to(actor, "t")
    season = season_of(today)
    found: dict[int, int] = dict(
        await db.tuples(
            # By day and then by member, as the table lies: half the work of one sum by member.
            "SELECT s.cooperative_id, CAST(SUM(s.grams) AS BIGINT) FROM (SELECT t.cooperative_id, SUM(t.net_grams) AS grams"
            f" FROM harvest_day_total t WHERE {which}t.day >= :first AND t.day <= :last AND {seen.sql}"
            " GROUP BY t.day, t.cooperative_id) s GROUP BY s.cooperative_id",
            first=date(season, 1, 1),
            last=date(season, 12, 31),
            **few,
            **seen.params,
        )
    )
    return {pair: found[pair[0]] for pair in pairs if found.get(pair[0])}
