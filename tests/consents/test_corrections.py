"""Corrections: said by the person or for them, put right by the ordinary verb or declined with a reason, answered once."""

from datetime import date, timedelta
from typing import Any

import pytest

from pepperchain.access.actor import Actor
from pepperchain.consents import correction_queries as queries
from pepperchain.consents import corrections
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.registry import Entered
from tests.consents.dealing import NOW, person
from tests.harness import cast

pytestmark = pytest.mark.usefixtures("village")


async def ask(actor: Actor, person_id: int, **more: Any) -> Entered:
    facts: dict[str, Any] = {
        "id": new_id(),
        "what": "phone",
        "proposed": "19900010199",
        "words": "换了号",
        "now": NOW,
    }
    return await corrections.ask(actor, person_id=person_id, **{**facts, **more})


async def _verbs() -> list[str]:
    rows = await db.tuples(
        "SELECT verb FROM audit_entry WHERE verb LIKE 'correction.%' OR verb = 'person.changed' ORDER BY id"
    )
    return [verb for (verb,) in rows]


async def test_what_a_grower_says_is_put_right_and_found_again() -> None:
    grower, clerk, whose = (
        await cast.actor(cast.GROWER_A),
        await cast.actor(cast.CLERK_A),
        await person("罗大山"),
    )
    asked = await ask(grower, whose)
    (row,) = await queries.open_corrections(clerk, after=None, limit=10)
    assert (row.id, row.due_on) == (asked.id, (date(2026, 11, 25) + timedelta(days=15)).isoformat())
    for _ in range(2):
        await corrections.accept(clerk, id=asked.id, answer=None, now=NOW)
    assert await db.scalar("SELECT phone FROM directory_person WHERE id = :id", id=whose) == "19900010199"
    assert (
        await db.scalar(
            "SELECT COUNT(*) FROM directory_term WHERE term = '99101000991' AND person_id = :id", id=whose
        )
        == 1
    )
    assert await _verbs() == ["correction.asked", "person.changed", "correction.accepted"]
    assert await queries.open_corrections(clerk, after=None, limit=10) == []
    (told,) = await queries.corrections_of(grower, whose, limit=10)
    assert (told.state, told.decided_by_name) == ("accepted", clerk.name)
    with pytest.raises(Conflict):
        await corrections.decline(clerk, id=asked.id, answer="不改", now=NOW)


async def test_what_stays_is_answered_with_the_reason() -> None:
    grower, clerk, whose = (
        await cast.actor(cast.GROWER_A),
        await cast.actor(cast.CLERK_A),
        await person("罗大山"),
    )
    asked = await ask(grower, whose, what="slips", words="少记了一袋")
    for _ in range(2):
        await corrections.decline(clerk, id=asked.id, answer="磅单和照片都对", now=NOW)
    (told,) = await queries.decided_corrections(clerk, before=None, limit=10)
    assert (told.state, told.answer, told.proposed) == ("declined", "磅单和照片都对", None)
    with pytest.raises(Conflict):
        await corrections.accept(clerk, id=asked.id, answer=None, now=NOW)


async def test_a_name_and_a_birthday_are_put_right_too_but_not_into_nonsense() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("罗大山")
    await corrections.accept(
        clerk, id=(await ask(clerk, whose, what="name", proposed="罗大三")).id, answer=None, now=NOW
    )
    born = await ask(clerk, whose, what="born_on", proposed="1962-04-19")
    await corrections.accept(clerk, id=born.id, answer="看过户口本", now=NOW)
    row = await db.tuples("SELECT name, born_on FROM directory_person WHERE id = :id", id=whose)
    assert (row[0][0], str(row[0][1])) == ("罗大三", "1962-04-19")
    nonsense = await ask(clerk, whose, what="name", proposed="123")
    with pytest.raises(Refused):
        await corrections.accept(clerk, id=nonsense.id, answer=None, now=NOW)
    assert (await queries.get_correction(clerk, nonsense.id)).state == "open"


async def test_the_same_form_twice_is_one_and_there_is_a_most() -> None:
    grower, whose, form = await cast.actor(cast.GROWER_A), await person("罗大山"), new_id()
    first, second = await ask(grower, whose, id=form), await ask(grower, whose, id=form)
    assert (first.id, second.repeated) == (second.id, True)
    with pytest.raises(Conflict):
        await ask(await cast.actor(cast.CLERK_A), whose, id=form)
    with pytest.raises(Refused):
        await ask(grower, whose, proposed=None)
    for _ in range(corrections.OPEN_MAX - 1):
        await ask(grower, whose, what="other", proposed=None)
    with pytest.raises(Refused):
        await ask(grower, whose, what="other", proposed=None)


async def test_nobody_else_asks_sees_or_answers() -> None:
    grower, whose = await cast.actor(cast.GROWER_A), await person("罗大山")
    asked = await ask(grower, whose)
    with pytest.raises(Missing):
        await ask(grower, await person("单正茂"))
    for phone, error in ((cast.LEADER_B, Missing), (cast.TECHNICIAN, NotYours), (cast.COMMITTEE, NotYours)):
        with pytest.raises(error):
            await ask(await cast.actor(phone), whose)
        with pytest.raises(error):
            await corrections.accept(await cast.actor(phone), id=asked.id, answer=None, now=NOW)
    with pytest.raises(NotYours):
        await corrections.accept(grower, id=asked.id, answer=None, now=NOW)
    assert await queries.open_corrections(await cast.actor(cast.LEADER_B), after=None, limit=10) == []
    assert len(await queries.open_corrections(await cast.actor(cast.ADMIN), after=None, limit=10)) == 1


async def test_what_is_over_its_day_is_counted_apart() -> None:
    grower, clerk, whose = (
        await cast.actor(cast.GROWER_A),
        await cast.actor(cast.CLERK_A),
        await person("罗大山"),
    )
    await ask(grower, whose)
    await ask(grower, whose, what="other", proposed=None, now=NOW + timedelta(days=3))
    waiting = await queries.waiting_corrections(clerk, today=date(2026, 12, 11))
    assert (waiting.open, waiting.overdue) == (2, 1)
    first = await queries.open_corrections(clerk, after=None, limit=1)
    rest = await queries.open_corrections(clerk, after=(first[0].due_on, first[0].id), limit=10)
    assert [row.what for row in (*first, *rest)] == ["phone", "other"]
