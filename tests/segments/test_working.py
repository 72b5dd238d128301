"""The work of runs: in turns, by one worker at a time, gone on with after a crash, stopped when rights are lost."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from pepperchain.access.actor import Actor
from pepperchain.accounts import users
from pepperchain.consents import consents
from pepperchain.consents.rules import How, purposes
from pepperchain.core import db
from pepperchain.core.clock import Stopwatch
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.criteria import REPERTOIRE
from pepperchain.directory import memberships
from pepperchain.segments import queries, runs, segments, tags, working
from pepperchain.segments.rules import Bounds, State, bounds
from pepperchain.segments.working import Lost, Turn
from tests.harness import cast
from tests.segments.finding import NOW, all_of, asking, begun, home_of, kept, run, seen, tag, tagged, work

FEW = replace(bounds(), turn_households=2, list_households=3)


async def _turn(id: str, worker: str = "here", limits: Bounds | None = None) -> Turn:
    row = await queries.at_work(id)
    assert row is not None
    return Turn(row, REPERTOIRE, Stopwatch(NOW), worker, limits or bounds())


async def _waiting(actor: Actor) -> tuple[str, int]:
    """A tagging of everybody that waits, and its tag."""
    mine = await tag(actor)
    return await begun(actor, await kept(actor), "tag", tag=mine), mine


async def test_a_run_tags_everybody_once_and_tells_how_many(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    id, mine = await _waiting(clerk)
    await tags.put_on(clerk, household_id=home, tag_id=mine, now=NOW)
    await work()
    everyone = await seen(clerk)
    assert await tagged(mine) == everyone
    done = await run(clerk, id)
    assert (done.state, done.found, done.changed) == (State.DONE, len(everyone), len(everyone) - 1)
    assert await working.work(REPERTOIRE, now=NOW) == 0
    told = await db.tuples("SELECT verb FROM audit_entry WHERE subject = 'run' ORDER BY id")
    assert [verb for (verb,) in told] == ["run.begun", "run.done"]


async def test_undoing_takes_back_exactly_what_the_run_did(village: str) -> None:
    clerk, home, mover = await cast.actor(cast.CLERK_A), await home_of("罗大山"), await home_of("仇玉兰")
    id, mine = await _waiting(clerk)
    await tags.put_on(clerk, household_id=home, tag_id=mine, now=NOW)
    await work()
    # Somebody took the run's tag off one household and put it there by hand: it is theirs now.
    await tags.take_off(clerk, household_id=mover, tag_id=mine, now=NOW)
    await tags.put_on(clerk, household_id=mover, tag_id=mine, now=NOW)
    for _ in range(2):
        await runs.take_back(clerk, REPERTOIRE, id=UUID(id), now=NOW)
    await work()
    assert await tagged(mine) == {home, mover}
    undone = await run(clerk, id)
    assert (undone.state, undone.undone, undone.left) == (State.UNDONE, undone.changed - 1, 1)
    await runs.take_back(clerk, REPERTOIRE, id=UUID(id), now=NOW)
    assert (await run(clerk, id)).state is State.UNDONE


async def test_a_worker_that_died_is_followed_by_another_that_goes_on(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    id, mine = await _waiting(clerk)
    assert await working.claim(id, worker="one", now=NOW)
    assert not await working.claim(id, worker="other", now=NOW)
    assert await working.work(REPERTOIRE, now=NOW) == 0
    later = NOW + timedelta(seconds=bounds().lease_seconds + 1)
    assert await working.claim(id, worker="other", now=later)
    with pytest.raises(Lost):
        await working.step(await _turn(id, "one"))
    assert await tagged(mine) == set()
    await working.one(await _turn(id, "other"))
    assert await tagged(mine) == await seen(clerk)


async def test_a_turn_is_written_once_though_two_workers_do_it(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    id, mine = await _waiting(clerk)
    await working.claim(id, worker="here", now=NOW)
    turn = await _turn(id)
    assert not await working.step(turn)
    with pytest.raises(Lost):
        await working.step(turn)
    assert (await run(clerk, id)).changed == len(await tagged(mine))


async def test_a_run_that_broke_off_too_often_is_given_up(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    id, mine = await _waiting(clerk)
    moment = NOW
    for _ in range(bounds().attempts_max):
        assert await working.claim(id, worker="dies", now=moment)
        moment += timedelta(seconds=bounds().lease_seconds + 1)
    await working.work(REPERTOIRE, now=moment)
    given_up = await run(clerk, id)
    assert (given_up.state, await tagged(mine)) == (State.STOPPED, set())
    assert given_up.message is not None
    assert "several times" in given_up.message


async def test_whoever_lost_the_right_stops_the_work(village: str) -> None:
    clerk, admin = await cast.actor(cast.CLERK_A), await cast.actor(cast.ADMIN)
    id, mine = await _waiting(clerk)
    assert clerk.user_id is not None
    await users.disable(admin, user_id=clerk.user_id, now=NOW)
    await work()
    assert await tagged(mine) == set()
    stopped = await run(replace(clerk), id)
    assert (stopped.state, stopped.message) == (
        State.STOPPED,
        "The account of whoever asked for this was closed.",
    )


async def test_a_tag_that_is_removed_meanwhile_stops_the_work(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    id, mine = await _waiting(clerk)
    await tags.remove(clerk, id=mine, now=NOW)
    await work()
    stopped = await run(clerk, id)
    assert stopped.state is State.STOPPED
    assert "no longer" in (stopped.message or "")


async def test_a_household_that_left_meanwhile_is_left_alone(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    id, mine = await _waiting(clerk)
    await memberships.leave(await cast.actor(cast.ADMIN), household_id=home, on=NOW.date(), now=NOW)
    await work()
    assert home not in await tagged(mine)
    assert (await run(clerk, id)).state is State.DONE


async def test_a_run_that_is_stopped_half_way_can_be_taken_back(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    id, mine = await _waiting(clerk)
    await working.claim(id, worker="here", now=NOW)
    turn = await _turn(id)
    some = sorted(await seen(clerk))[:3]
    await working._advance(turn, clerk, some, through=some[-1], looked=3, whole=9, is_last=False, now=NOW)
    assert await tagged(mine) == set(some)
    await runs.stop(clerk, id=UUID(id), now=NOW)
    with pytest.raises(Lost):
        await working.step(await _turn(id))
    await runs.take_back(clerk, REPERTOIRE, id=UUID(id), now=NOW)
    await work()
    assert await tagged(mine) == set()
    assert (await run(clerk, id)).undone == 3


async def test_what_was_asked_for_is_done_though_the_segment_changes(village: str) -> None:
    clerk, mine = await cast.actor(cast.CLERK_A), await tag(await cast.actor(cast.CLERK_A))
    segment = await kept(clerk)
    id = await begun(clerk, segment, "tag", tag=mine)
    await segments.change(
        clerk,
        REPERTOIRE,
        id=segment,
        version=1,
        name="无人",
        criteria=all_of(asking("area", area=10**9)),
        now=NOW,
    )
    await work()
    assert (await run(clerk, id)).changed == len(await seen(clerk))


async def test_what_can_no_longer_be_undone_is_forgotten(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    id, mine = await _waiting(clerk)
    await work()
    await tags.remove(clerk, id=mine, now=NOW)
    assert await working.tidy(now=NOW + timedelta(days=1)) == 0
    late = NOW + timedelta(days=bounds().undo_days + 1)
    everyone = len(await seen(clerk))
    assert await working.tidy(now=late) == 2 * everyone
    assert await working.tidy(now=late) == 0
    with pytest.raises(Refused, match="nothing left"):
        await runs.take_back(clerk, REPERTOIRE, id=UUID(id), now=late)


async def _says(actor: Actor, household_id: int, *, is_given: bool) -> None:
    """The head of a household answers whether they may be rung up."""
    head = int(await db.scalar("SELECT head_id FROM directory_household WHERE id = :id", id=household_id))
    answers = {"messages": consents.Answer(is_given, purposes()["messages"].version)}
    proof = consents.Proof(How.SPOKEN, "翟春梅")
    await consents.record(actor, id=new_id(), person_id=head, answers=answers, proof=proof, now=NOW)


async def test_whoever_says_no_while_a_run_goes_on_is_not_rung_up(village: str) -> None:
    clerk = await cast.actor(cast.CLERK_A)
    everyone = sorted(await seen(clerk))
    for id in (everyone[0], everyone[-1]):
        await _says(clerk, id, is_given=True)
    run_id = await begun(
        clerk, await kept(clerk), "plan_visit", kind="call", purpose="crop", day="2026-12-01"
    )
    assert await working.claim(run_id, worker="here", now=NOW)
    assert await working.step(await _turn(run_id, limits=FEW))
    await _says(clerk, everyone[-1], is_given=False)
    await working.one(await _turn(run_id))
    rung = {
        int(id)
        for (id,) in await db.tuples(
            "SELECT household_id FROM visits_visit WHERE kind = 'call' AND planned_on = '2026-12-01'"
        )
    }
    assert everyone[0] in rung
    assert everyone[-1] not in rung
    assert len(rung) == len(everyone) - 1
    done = await run(clerk, run_id)
    assert (done.found, done.changed) == (len(everyone), len(everyone) - 1)


async def test_a_visit_asks_nobody_whether_they_may_be_rung_up(village: str) -> None:
    clerk, home = await cast.actor(cast.CLERK_A), await home_of("罗大山")
    await _says(clerk, home, is_given=False)
    await begun(clerk, await kept(clerk), "plan_visit", kind="visit", purpose="crop", day="2026-12-02")
    await work()
    planned = await db.tuples("SELECT household_id FROM visits_visit WHERE planned_on = '2026-12-02'")
    assert home in {int(id) for (id,) in planned}
