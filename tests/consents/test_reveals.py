"""Looks at sealed numbers: with a reason, so often an hour, noted once each, told to the person, and by two where the role wants it."""

import json
from datetime import timedelta

import pytest

from pepperchain.accounts import approval_queries, approvals
from pepperchain.app import APPROVABLES
from pepperchain.consents import reveal_queries
from pepperchain.consents.reveals import TooManyReveals
from pepperchain.consents.rules import Number
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.settings import settings
from tests.accounts import apps
from tests.consents.dealing import BANK_CARD, ID_NUMBER, NOW, answer, look, person
from tests.harness import cast

pytestmark = pytest.mark.usefixtures("village")


async def _told(verb: str = "person.revealed") -> list[dict[str, object]]:
    rows = await db.tuples("SELECT facts FROM audit_entry WHERE verb = :verb ORDER BY id", verb=verb)
    return [json.loads(facts) for (facts,) in rows]


async def test_a_look_shows_the_number_and_is_told_to_the_person_and_the_trail() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("罗大山")
    assert (await look(clerk, whose)).value == ID_NUMBER
    assert (await look(clerk, whose, number=Number.BANK_CARD)).value == BANK_CARD
    rows = await reveal_queries.reveals_of(await cast.actor(cast.GROWER_A), whose, limit=10)
    assert {(row.number, row.reason, row.words, row.user_id) for row in rows} == {
        ("id_number", "payment", "转六月货款", clerk.user_id),
        ("bank_card", "payment", "转六月货款", clerk.user_id),
    }
    told = await _told()
    assert [facts["number"] for facts in told] == ["id_number", "bank_card"]
    assert ID_NUMBER not in str(told)


async def test_the_same_form_again_is_one_look_and_later_none() -> None:
    clerk, whose, form = await cast.actor(cast.CLERK_A), await person("罗大山"), new_id()
    for seconds in (0, 30):
        seen = await look(clerk, whose, id=form, now=NOW + timedelta(seconds=seconds))
        assert seen.value == ID_NUMBER
    assert len(await _told()) == 1
    with pytest.raises(Conflict):
        await look(clerk, whose, id=form, number=Number.BANK_CARD)
    with pytest.raises(Conflict):
        await look(await cast.actor(cast.LEADER_A), whose, id=form)
    with pytest.raises(Conflict):
        await look(clerk, whose, id=form, now=NOW + timedelta(hours=1))
    assert len(await _told()) == 1


async def test_so_many_an_hour_and_no_more() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("罗大山")
    most = settings().section("consents")["reveals_per_hour_max"]
    for _ in range(most):
        await look(clerk, whose)
    with pytest.raises(TooManyReveals):
        await look(clerk, whose)
    assert (await look(await cast.actor(cast.LEADER_A), whose)).value == ID_NUMBER
    assert (await look(clerk, whose, now=NOW + timedelta(minutes=61))).value == ID_NUMBER
    assert len(await _told()) == most + 2


async def test_strangers_and_roles_without_it_see_nothing() -> None:
    whose = await person("罗大山")
    for phone, error in (
        (cast.LEADER_B, Missing),
        (cast.ADMIN, NotYours),
        (cast.TECHNICIAN, NotYours),
        (cast.GROWER_A, NotYours),
        (cast.BUYER_P, NotYours),
    ):
        with pytest.raises(error):
            await look(await cast.actor(phone), whose)
    assert await _told() == []
    assert await reveal_queries.reveals_of(await cast.actor(cast.LEADER_B), whose, limit=10) == []


async def test_what_is_not_there_cannot_be_shown() -> None:
    clerk = await cast.actor(cast.CLERK_A)
    with pytest.raises(Refused):
        await look(clerk, await person("单正茂"), number=Number.BANK_CARD)


async def test_a_number_whose_use_was_refused_is_shown_for_the_law_alone() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("罗大山")
    await answer(clerk, whose, "id_number", is_given=False)
    with pytest.raises(Refused):
        await look(clerk, whose)
    assert (await look(clerk, whose, reason="authority")).value == ID_NUMBER
    assert (await look(clerk, whose, number=Number.BANK_CARD)).value == BANK_CARD
    await answer(clerk, whose, "id_number")
    assert (await look(clerk, whose)).value == ID_NUMBER


async def test_whoever_has_a_second_step_gives_a_code_of_it_once() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("罗大山")
    assert clerk.user_id is not None
    await apps.enrol(clerk.user_id, at=NOW - timedelta(minutes=10))
    for wrong in (None, "000000"):
        with pytest.raises(Refused) as refused:
            await look(clerk, whose, code=wrong)
        assert refused.value.field == "code"
    code, form = await apps.shown(clerk.user_id, at=NOW), new_id()
    assert (await look(clerk, whose, code=code, id=form)).value == ID_NUMBER
    assert (await look(clerk, whose, code=code, id=form)).value == ID_NUMBER
    with pytest.raises(Refused):
        await look(clerk, whose, code=code)
    assert len(await _told()) == 1


async def test_an_officer_looks_once_after_a_second_person_agreed() -> None:
    officer, admin, whose = (
        await cast.actor(cast.COMMITTEE),
        await cast.actor(cast.ADMIN),
        await person("罗大山"),
    )
    form = new_id()
    for _ in range(2):
        assert (await look(officer, whose, id=form)).value is None
    (waiting,) = await approval_queries.approvals(admin, is_waiting=True, before=None, limit=10)
    with pytest.raises(Refused):
        await approvals.approve(officer, approval_id=waiting.id, known=APPROVABLES, now=NOW)
    await approvals.approve(admin, approval_id=waiting.id, known=APPROVABLES, now=NOW)
    assert len(await _told("person.reveal_allowed")) == 1
    later = NOW + timedelta(hours=2)
    assert (
        await look(officer, whose, number=Number.BANK_CARD, now=later)
    ).value is None  # leave is for one number
    assert (await look(officer, whose, now=later)).value == ID_NUMBER
    with pytest.raises(Refused):  # it is used, and the other one waits already
        await look(officer, whose, now=later)
    assert len(await _told()) == 1


async def test_leave_is_over_after_its_hours() -> None:
    officer, admin, whose = (
        await cast.actor(cast.COMMITTEE),
        await cast.actor(cast.ADMIN),
        await person("罗大山"),
    )
    await look(officer, whose)
    (waiting,) = await approval_queries.approvals(admin, is_waiting=True, before=None, limit=10)
    await approvals.approve(admin, approval_id=waiting.id, known=APPROVABLES, now=NOW)
    assert (await look(officer, whose, now=NOW + timedelta(hours=25))).value is None
