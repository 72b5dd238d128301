"""How much members of a consortium weighed in, for the pages of organizations."""

from collections.abc import Collection, Mapping
from datetime import date

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core import db
from pepperchain.harvest.models import DayTotal
from pepperchain.harvest.rules import season_of

MEMBERS_MAX = 200
"""As many as a picture and a page can show, and more; a season of one is some hundred sums."""


async def of_members(
    actor: Actor, pairs: Collection[tuple[int, int]], today: date
) -> Mapping[tuple[int, int], int]:
    """What each member weighed in this season, of members all of whose slips the actor sees."""
    if actor.role is Role.TECHNICIAN:
        return {}  # they see what townships grew, which is less than what a cooperative weighed in
    members = sorted({member for member, _ in pairs})[:MEMBERS_MAX]
    seen = DayTotal.visible_to(actor, "t")
    season = season_of(today)
    found: dict[int, int] = dict(
        await db.tuples(
            "SELECT t.cooperative_id, CAST(SUM(t.net_grams) AS BIGINT) FROM harvest_day_total t"
            f" WHERE t.cooperative_id IN :members AND t.day >= :first AND t.day <= :last AND {seen.sql} GROUP BY t.cooperative_id",
            members=members,
            first=date(season, 1, 1),
            last=date(season, 12, 31),
            **seen.params,
        )
    )
    return {pair: found[pair[0]] for pair in pairs if found.get(pair[0])}
