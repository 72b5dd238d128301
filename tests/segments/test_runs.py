"""Runs: who may ask for one, how often, and when its number must be typed."""

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.criteria import REPERTOIRE
from pepperchain.segments import queries, runs, segments, tags
from pepperchain.segments.rules import COUNT, Bounds, State, bounds
from pepperchain.segments.runs import Size
from tests.harness import cast
from tests.segments.finding import NOW, all_of, asking, begun, kept, run, seen, tag, tagged, work


async def test_the_same_form_sent_twice_is_one_run(village: str) -> None:
    clerk, form = await cast.actor(cast.CLERK_A), new_id()
    id, mine = await kept(clerk), await tag(clerk)
    facts = {"segment_id": id, "action": "tag", "values": {"tag": mine}, "now": NOW}
    assert {await runs.begin(clerk, REPERTOIRE, id=form, **facts) for _ in range(2)} == {str(form)}  # type: ignore[arg-type]
    with pytest.raises(Conflict, match="something else"):
        await runs.begin(clerk, REPERTOIRE, id=form, **facts | {"action": "untag"})  # type: ignore[arg-type]
    assert await db.scalar("SELECT COUNT(*) FROM segments_run") == 1


async def test_only_one_thing_is_done_with_a_segment_at_a_time(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    id, mine = await kept(clerk, is_shared=True), await tag(clerk)
    first = await begun(clerk, id, "tag", tag=mine)
    with pytest.raises(Conflict, match="already"):
        await begun(await cast.actor(cast.LEADER_A), id, "untag", tag=mine)
    await runs.count(clerk, id=new_id(), segment_id=id, now=NOW)
    await work()
    assert (await run(clerk, first)).state is State.DONE
    await begun(clerk, id, "untag", tag=mine)


async def test_nothing_is_begun_with_what_is_gone_or_somebody_elses(village: str) -> None:
    clerk, other = await cast.actor(cast.CLERK_A), await cast.actor(cast.LEADER_B)
    id, mine, theirs = await kept(clerk, is_shared=True), await tag(clerk), await tag(other)
    for action, values in (
        ("tag", {"tag": theirs}),
        ("tag", {}),
        ("tag", {"tag": "x"}),
        ("plan_visit", {"kind": "visit"}),
    ):
        with pytest.raises(Refused):
            await begun(clerk, id, action, **values)
    for action in ("nonsense", COUNT):
        with pytest.raises(Missing):
            await begun(clerk, id, action)
    with pytest.raises(Missing):
        await begun(other, id, "tag", tag=theirs)
    admin = await cast.actor(cast.ADMIN)
    of_the_district = await kept(admin)
    with pytest.raises(Missing):  # an administrator plans no visits
        await begun(admin, of_the_district, "plan_visit", kind="visit", purpose="crop", day="2026-12-01")
    with pytest.raises(NotYours):
        await begun(await cast.actor(cast.BUYER_P), id, "tag", tag=mine)
    with pytest.raises(Refused, match="Nobody"):
        await begun(clerk, await kept(clerk, all_of(asking("area", area=10**9))), "tag", tag=mine)
    await tags.remove(clerk, id=mine, now=NOW)
    with pytest.raises(Refused, match="no longer"):
        await begun(clerk, id, "tag", tag=mine)


@pytest.mark.parametrize(
    ("size", "typed", "why"),
    [
        (Size(0, True), None, "Nobody"),
        (Size(501, True), None, "Type the number"),
        (Size(501, True), 500, "Type the number"),
        (Size(501, False), 501, "counted exactly"),
        (Size(10_001, False), 10_001, "counted exactly"),
        (Size(280_000, True, 1), 280_001, "Type the number"),
    ],
)
async def test_with_many_households_their_number_is_typed(size: Size, typed: int | None, why: str) -> None:
    with pytest.raises(Refused, match=why):
        runs._check_size(REPERTOIRE.actions["tag"], size, typed)


async def test_the_number_of_households_opens_the_way(village: str) -> None:
    tagging, planning = REPERTOIRE.actions["tag"], REPERTOIRE.actions["plan_visit"]
    runs._check_size(tagging, Size(500, True), None)
    runs._check_size(tagging, Size(280_000, True, 1), 280_000)
    with pytest.raises(Refused, match="more than"):
        runs._check_size(planning, Size(501, True), 501)


async def test_a_counting_is_kept_for_whoever_asked_with_its_moment(village: str) -> None:
    clerk, leader, form = await cast.actor(cast.CLERK_A), await cast.actor(cast.LEADER_A), new_id()
    id = await kept(clerk, is_shared=True)
    first = await runs.count(clerk, id=form, segment_id=id, now=NOW)
    assert await runs.count(clerk, id=form, segment_id=id, now=NOW) == first
    assert await runs.count(clerk, id=new_id(), segment_id=id, now=NOW) == first
    with pytest.raises(Missing):
        await run(leader, first)
    await work()
    done = await run(clerk, first)
    number = len(await seen(clerk))
    assert (done.state, done.found, done.looked, done.total) == (State.DONE, number, number, number)
    assert done.finished_at is not None
    assert await queries.runs_of(clerk, id, limit=9) == []
    with pytest.raises(Missing):
        await runs.take_back(clerk, REPERTOIRE, id=form, now=NOW)


async def test_a_run_is_stopped_before_it_began_and_twice_is_once(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    segment, mine = await kept(clerk), await tag(clerk)
    id = await begun(clerk, segment, "tag", tag=mine)
    for _ in range(2):
        await runs.stop(clerk, id=id, now=NOW)  # type: ignore[arg-type]
    await work()
    assert await tagged(mine) == set()
    assert (await run(clerk, id)).state is State.STOPPED
    with pytest.raises(Refused, match="nothing left"):
        await runs.take_back(clerk, REPERTOIRE, id=id, now=NOW)  # type: ignore[arg-type]


async def test_a_colleague_sees_what_is_done_with_a_shared_segment_and_nobody_else_does(village: str) -> None:
    clerk, leader = await cast.actor(cast.CLERK_A), await cast.actor(cast.LEADER_A)
    segment, mine = await kept(clerk, is_shared=True), await tag(clerk)
    id = await begun(clerk, segment, "tag", tag=mine)
    assert (await run(leader, id)).user_name == clerk.name
    for phone in (cast.LEADER_B, cast.COMMITTEE, cast.BUYER_P):
        with pytest.raises(Missing):
            await run(await cast.actor(phone), id)
    row = await queries.get_segment(clerk, segment)
    await segments.change(
        clerk, REPERTOIRE, id=segment, version=row.version, name=row.name, criteria=all_of(), now=NOW
    )
    with pytest.raises(Missing):
        await run(leader, id)


def test_the_bounds_are_those_of_the_configuration() -> None:
    assert isinstance(bounds(), Bounds)
    assert bounds().preview_count < bounds().preview_households
