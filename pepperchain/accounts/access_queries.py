"""What a user may see, counted by whichever room knows: rooms further up hand theirs in through `app.state.sights`."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts.models import User
from pepperchain.core import db
from pepperchain.core.sql import Clause
from pepperchain.core.words import N_
from pepperchain.directory.models import Household, Organization

COUNTED_MAX = 10_000
Counted = Callable[[Actor, int], Awaitable[int]]
"""How many an actor sees, counted no further than to the second number."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A kind of thing that some see."""

    words: str
    needs: Capability
    counted: Counted


@dataclass(frozen=True, slots=True)
class Seen:
    """How many of them a user sees."""

    words: str
    number: int


async def count(table: str, scope: Clause, most: int) -> int:
    """How many rows of a table a scope lets through, counted no further than to `most`."""
    return int(
        await db.scalar(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE {scope.sql} LIMIT :most) seen",
            most=most,
            **scope.params,
        )
        or 0
    )


async def users(actor: Actor, most: int) -> int:
    """Accounts that the actor sees."""
    return await count("accounts_user u", User.visible_to(actor, "u"), most)


async def seen_by(actor: Actor, sights: Sequence[Sight]) -> list[Seen]:
    """Everything that the actor's role can see, with how much of it this actor does."""
    return [
        Seen(sight.words, await sight.counted(actor, COUNTED_MAX + 1))
        for sight in sights
        if actor.may(sight.needs)
    ]


async def households(actor: Actor, most: int) -> int:
    """Households that the actor sees."""
    seen = Household.visible_to(actor, "h") & Clause("h.merged_into_id IS NULL")
    return await count("directory_household h", seen, most)


async def organizations(actor: Actor, most: int) -> int:
    """Organizations that the actor sees."""
    return await count("directory_organization o", Organization.visible_to(actor, "o"), most)


OWN_SIGHTS = (
    Sight(N_("Households"), Capability.DIRECTORY_READ, households),
    Sight(N_("Organizations"), Capability.ORGANIZATION_READ, organizations),
    Sight(N_("Users"), Capability.ACCOUNT_ADMINISTER, users),
)
"""What this room and those below it know."""
