"""Answers to the purposes: noted with what proves them, never changed, asked anew where the text or the cooperative is another."""

import json
from datetime import date, timedelta

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.consents import consents, queries
from pepperchain.consents.consents import Answer, Proof
from pepperchain.consents.rules import How, State, purposes
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import memberships
from tests.consents.dealing import NOW, answer, home_of, person
from tests.harness import cast

pytestmark = pytest.mark.usefixtures("village")


async def test_nobody_has_agreed_to_what_they_were_never_asked() -> None:
    whose = await person("罗大山")
    standing = await queries.standing(whose, "messages")
    assert (standing.state, standing.holds) == (State.NEVER, False)
    assert list(await queries.standings(whose)) == list(purposes())


async def test_yes_then_no_then_yes_are_three_rows_and_the_last_counts() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("罗大山")
    for is_given in (True, False, True):
        assert await answer(clerk, whose, "messages", is_given=is_given)
        assert (await queries.standing(whose, "messages")).holds is is_given
        assert (await queries.standings(whose))["messages"].holds is is_given
    assert len(await queries.answers_of(clerk, whose, limit=10)) == 3
    facts = await db.tuples("SELECT facts FROM audit_entry WHERE verb = 'consent.noted' ORDER BY id")
    assert [json.loads(each)["refused"] for (each,) in facts] == [None, "messages", None]


async def test_the_same_form_sent_twice_is_one_answer() -> None:
    clerk, whose, form = await cast.actor(cast.CLERK_A), await person("罗大山"), new_id()
    assert await answer(clerk, whose, "photos", id=form)
    assert not await answer(clerk, whose, "photos", id=form, is_given=False)
    assert (await queries.standing(whose, "photos")).holds
    with pytest.raises(Conflict):
        await answer(clerk, await person("单正茂"), "photos", id=form)


async def test_an_answer_wants_what_proves_it() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("罗大山")
    for proof, field in (
        (Proof(How.SPOKEN), "witness"),
        (Proof(How.SPOKEN, "罗大山"), "witness"),
        (Proof(How.SPOKEN, clerk.name), "witness"),
        (Proof(How.SIGNED), "photos"),
        (Proof(How.OWN), "how"),
    ):
        with pytest.raises(Refused) as refused:
            await answer(clerk, whose, "sharing", proof=proof)
        assert refused.value.field == field
    with pytest.raises(Refused):
        await answer(clerk, whose, "sharing", answers={})
    assert await answer(clerk, whose, "sharing", proof=Proof(How.SPOKEN, "组长老周"))
    assert (await queries.standing(whose, "sharing")).witness == "组长老周"


async def test_a_text_that_changed_meanwhile_is_read_out_again() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("罗大山")
    with pytest.raises(Conflict):
        await answer(clerk, whose, "sharing", answers={"sharing": Answer(True, 99)})
    await answer(clerk, whose, "sharing")
    # As if the answer had been to a text of another time.
    await _as_if_older(whose)
    assert (await queries.standing(whose, "sharing")).state is State.OUTDATED


@db.unit_of_work
async def _as_if_older(person_id: int) -> None:
    await db.execute("UPDATE consents_consent SET text_version = 98 WHERE person_id = :id", id=person_id)


async def test_another_cooperative_asks_anew() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("罗大山")
    await answer(clerk, whose, "messages")
    home = await home_of(whose)
    today = date(2026, 11, 25)
    await memberships.leave(SYSTEM, household_id=home, on=today - timedelta(days=1), now=NOW)
    assert (await queries.standing(whose, "messages")).state is State.ELSEWHERE
    with pytest.raises(Missing):
        await answer(clerk, whose, "messages")


async def test_only_those_who_keep_the_records_note_answers() -> None:
    whose = await person("罗大山")
    for phone, error in (
        (cast.LEADER_B, Missing),
        (cast.COMMITTEE, NotYours),
        (cast.ADMIN, NotYours),
        (cast.GROWER_A, NotYours),
        (cast.TECHNICIAN, NotYours),
    ):
        with pytest.raises(error):
            await answer(await cast.actor(phone), whose, "messages")


async def test_growers_answer_for_themselves_and_for_nobody_else() -> None:
    grower, whose = await cast.actor(cast.GROWER_A), await person("罗大山")
    assert await consents.own_person_id(grower) == whose
    answers = {"messages": Answer(False, purposes()["messages"].version)}
    await consents.decide(grower, id=new_id(), person_id=whose, answers=answers, now=NOW)
    assert (await queries.standing(whose, "messages")).state is State.REFUSED
    wife = await db.scalar(
        "SELECT p.id FROM directory_person p WHERE p.household_id = :home AND NOT p.is_head LIMIT 1",
        home=await home_of(whose),
    )
    with pytest.raises(NotYours):
        await consents.decide(grower, id=new_id(), person_id=int(wife), answers=answers, now=NOW)
    with pytest.raises(Missing):
        await consents.decide(grower, id=new_id(), person_id=await person("单正茂"), answers=answers, now=NOW)
