"""What the tests of this room do again and again, with the people of the village."""

from datetime import UTC, datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.criteria import REPERTOIRE
from pepperchain.segments import queries, runs, segments, tags, working
from pepperchain.segments.finding_queries import households
from pepperchain.segments.rules import Colour, Condition, Criteria, Group, Match

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


def asking(key: str, **values: int | str) -> Condition:
    """One condition."""
    return Condition(key, values)


def unlike(key: str, **values: int | str) -> Condition:
    """The contrary of one."""
    return Condition(key, values, True)


def all_of(*conditions: Condition) -> Criteria:
    """Conditions of which each must be so."""
    return Criteria((Group(conditions),)) if conditions else Criteria()


def none_of(*conditions: Condition) -> Criteria:
    """Conditions of which not each is so."""
    return Criteria((Group(conditions, Match.ALL, True),))


def any_of(*conditions: Condition) -> Criteria:
    """Conditions of which one is enough."""
    return Criteria((Group(conditions, Match.ANY),))


async def found(actor: Actor, criteria: Criteria) -> set[int]:
    """The households that somebody finds."""
    return {id async for ids in households(actor, REPERTOIRE, criteria, now=NOW) for id in ids}


async def seen(actor: Actor) -> set[int]:
    """All households that somebody sees."""
    return await found(actor, Criteria())


async def kept(actor: Actor, criteria: Criteria | None = None, **more: Any) -> int:
    """A new segment; its id."""
    facts: dict[str, Any] = {"id": new_id(), "name": "先锋的户", "now": NOW, **more}
    return (await segments.make(actor, REPERTOIRE, criteria=criteria or Criteria(), **facts)).id


async def tag(actor: Actor, name: str = "示范户", colour: Colour = Colour.NONE) -> int:
    """A new tag; its id."""
    return (await tags.make(actor, id=new_id(), name=name, colour=colour, now=NOW)).id


async def tagged(tag_id: int) -> set[int]:
    """The households that a tag is on."""
    rows = await db.tuples("SELECT household_id FROM segments_tagging WHERE tag_id = :tag", tag=tag_id)
    return {int(id) for (id,) in rows}


async def begun(
    actor: Actor, segment_id: int, action: str, number: int | None = None, **values: int | str
) -> str:
    """Something that waits to be done with all households of a segment; the id of the run."""
    return await runs.begin(
        actor, REPERTOIRE, id=new_id(), segment_id=segment_id, action=action, values=values, number=number, now=NOW
    )  # fmt: skip


async def work() -> None:
    """Everything that waits."""
    await working.work(REPERTOIRE, now=NOW)


async def run(actor: Actor, id: str) -> queries.RunRow:
    """How it stands."""
    return await queries.get_run(actor, id)


async def home_of(name: str) -> int:
    """The household that somebody of the village heads."""
    return int(
        await db.scalar("SELECT household_id FROM directory_person WHERE name = :name AND is_head", name=name)
    )


def today() -> str:
    """This very day, as forms send it."""
    return clock.local_day(clock.now()).isoformat()
