"""Follow-ups: set, done, taken up again, handed over; whose they are, and what is due."""

from datetime import date, timedelta

import pytest

from pepperchain.core import clock
from pepperchain.core.errors import Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.visits import follow_ups, queries
from pepperchain.visits.colleague_queries import colleagues
from pepperchain.visits.week_queries import week
from tests.harness import cast
from tests.visits.dealing import NOW, home_of, visit

TODAY = date(2026, 11, 25)


async def test_a_step_sent_twice_is_one_step(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    noted = await visit(clerk, await home_of("罗大山"))
    form = new_id()
    made = [
        await follow_ups.set_one(clerk, id=form, visit_id=noted, what="送样", due_on=TODAY, now=NOW)
        for _ in range(2)
    ]
    assert made[0].id == made[1].id
    assert [row.what for row in await queries.follow_ups_of(clerk, [noted])] == ["送样"]


async def test_done_and_not_done_after_all_each_once(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    noted = await visit(clerk, await home_of("罗大山"))
    made = await follow_ups.set_one(clerk, id=new_id(), visit_id=noted, what="送样", due_on=TODAY, now=NOW)
    for _ in range(2):
        await follow_ups.done(clerk, id=made.id, now=NOW)
    row = await queries.get_follow_up(clerk, made.id)
    assert (row.done_name, row.version) == (clerk.name, 2)
    for _ in range(2):
        await follow_ups.reopen(clerk, id=made.id, now=NOW)
    assert (await queries.get_follow_up(clerk, made.id)).done_at is None


async def test_it_is_handed_to_a_colleague_and_to_no_stranger(village: str) -> None:
    clerk, leader = await cast.actor(cast.CLERK_A), await cast.actor(cast.LEADER_A)
    noted = await visit(clerk, await home_of("罗大山"))
    made = await follow_ups.set_one(clerk, id=new_id(), visit_id=noted, what="送样", due_on=TODAY, now=NOW)
    for _ in range(2):
        await follow_ups.hand_over(clerk, id=made.id, version=1, owner_id=leader.user_id or 0, now=NOW)
    mine = await queries.my_follow_ups(leader, limit=50)
    assert made.id in {row.id for row in mine}
    for phone in (cast.LEADER_B, cast.BUYER_P, cast.GROWER_A):
        stranger = await cast.actor(phone)
        with pytest.raises(Refused):
            await follow_ups.hand_over(clerk, id=made.id, version=2, owner_id=stranger.user_id or 0, now=NOW)


async def test_another_cooperatives_steps_are_not_there(village: str) -> None:
    clerk, leader_b = await cast.actor(cast.CLERK_A), await cast.actor(cast.LEADER_B)
    noted = await visit(clerk, await home_of("罗大山"))
    made = await follow_ups.set_one(clerk, id=new_id(), visit_id=noted, what="送样", due_on=TODAY, now=NOW)
    with pytest.raises(Missing):
        await follow_ups.done(leader_b, id=made.id, now=NOW)
    with pytest.raises(Missing):
        await follow_ups.set_one(leader_b, id=new_id(), visit_id=noted, what="偷看", due_on=TODAY, now=NOW)
    with pytest.raises(NotYours):
        await follow_ups.done(await cast.actor(cast.BUYER_P), id=made.id, now=NOW)


async def test_a_day_that_is_over_is_refused(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    noted = await visit(clerk, await home_of("罗大山"))
    with pytest.raises(Refused) as refused:
        await follow_ups.set_one(
            clerk, id=new_id(), visit_id=noted, what="送样", due_on=TODAY - timedelta(days=1), now=NOW
        )
    assert refused.value.field == "due_on"


async def test_ones_own_are_paged_by_day_without_gaps(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    noted = [await visit(clerk, await home_of("罗大山")) for _ in range(2)]
    for number in range(14):
        due = TODAY + timedelta(days=number % 3)
        await follow_ups.set_one(
            clerk, id=new_id(), visit_id=noted[number % 2], what=f"第{number}件", due_on=due, now=NOW
        )
    whole = [(row.due_on, row.id) for row in await queries.my_follow_ups(clerk, limit=100)]
    paged: list[tuple[str, int]] = []
    while rows := await queries.my_follow_ups(clerk, after=paged[-1] if paged else None, limit=4):
        paged += [(row.due_on, row.id) for row in rows]
    assert paged == whole == sorted(whole)


async def test_the_home_page_counts_what_is_overdue_and_what_is_due(village: str) -> None:
    technician = await cast.actor(cast.TECHNICIAN)
    waiting = await queries.waiting(technician, today=clock.local_day(clock.now()))
    assert (waiting.overdue, waiting.today) == (1, 1)


async def test_a_week_holds_ones_visits_and_steps_on_their_days(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    noted = await visit(clerk, await home_of("罗大山"))
    await follow_ups.set_one(
        clerk, id=new_id(), visit_id=noted, what="送样", due_on=date(2026, 11, 27), now=NOW
    )
    days = await week(clerk, date(2026, 11, 23))
    assert [day.day.isoformat()[8:] for day in days] == ["23", "24", "25", "26", "27", "28", "29"]
    assert noted in [row.id for row in days[2].visits]
    assert "送样" in [row.what for row in days[4].follow_ups]


async def test_a_leader_chooses_among_the_cooperatives_own_people(village: str) -> None:
    leader, officer = await cast.actor(cast.LEADER_A), await cast.actor(cast.COMMITTEE)
    township = await _township()
    names = [
        each.name
        for each in await colleagues(leader, township_id=township, cooperative_id=leader.organization_id)
    ]
    assert names == ["单正茂", "曾小满"]
    more = {
        each.name
        for each in await colleagues(officer, township_id=township, cooperative_id=leader.organization_id)
    }
    assert more == {"石映川", "韦青禾", "单正茂", "曾小满"}


async def _township() -> int:
    visit_id = await visit(await cast.actor(cast.CLERK_A), await home_of("罗大山"))
    return (await queries.get_visit(await cast.actor(cast.CLERK_A), visit_id)).township_id or 0
