"""Visits, calls and notes in a history: what is told of each."""

from datetime import date, timedelta

from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.directory.timeline_queries import Subject, Telling, entries
from pepperchain.visits import follow_ups, notes, visits
from pepperchain.visits.history import SOURCE
from pepperchain.visits.rules import VisitKind
from tests.harness import cast
from tests.visits.dealing import NOW, home_of, visit


async def _latest(phone: str, home: int) -> Telling:
    actor, subject = await cast.actor(phone), Subject("household", home, home)
    [entry] = await entries(actor, [SOURCE], subject, limit=1)
    return (await SOURCE.tell(actor, subject, [entry]))[entry]


async def test_a_visit_tells_what_came_of_it_and_what_follows(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    noted = await visit(clerk, home, happened_at=NOW + timedelta(minutes=5))
    await follow_ups.set_one(
        clerk, id=new_id(), visit_id=noted, what="送样", due_on=date(2026, 11, 27), now=NOW
    )
    told = await _latest(cast.LEADER_A, home)
    assert (told.title, told.url, told.by) == ("走访：技术指导", f"/visits/{noted}", clerk.name)
    assert told.lines[0] == "看了树"
    assert "送样" in told.lines[1]


async def test_a_plan_says_that_it_is_one(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    day = clock.local_day(NOW) + timedelta(days=30)
    await visits.plan(
        clerk, id=new_id(), kind=VisitKind.CALL, purpose="price", planned_on=day, household_id=home, now=NOW
    )
    assert (await _latest(cast.CLERK_A, home)).mark == ("已安排", "info")


async def test_a_note_is_its_own_words(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    await notes.write(clerk, id=new_id(), text="晚上在家", household_id=home, now=NOW + timedelta(days=2))
    assert (await _latest(cast.TECHNICIAN, home)).title == "晚上在家"
