"""Copies of somebody's own data: everything of theirs and nothing of others, once for a form sent twice, gone after some days."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from pepperchain.access.actor import Actor
from pepperchain.accounts.second_steps import Given
from pepperchain.app import OWN_DATA
from pepperchain.consents import copies
from pepperchain.consents.copy_queries import CopyRow
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from tests.accounts import apps
from tests.consents.dealing import ADDRESS, NOW, answer, look, person
from tests.harness import cast
from tests.visits.dealing import home_of as home_named
from tests.visits.dealing import visit

pytestmark = pytest.mark.usefixtures("village")


async def make(actor: Actor, person_id: int, **more: Any) -> CopyRow:
    facts: dict[str, Any] = {
        "id": new_id(),
        "reason": "本人要求",
        "own_data": OWN_DATA,
        "language": "zh",
        "now": NOW,
    }
    return await copies.make(actor, person_id=person_id, **{**facts, **more})


def told(copy: CopyRow) -> dict[str, list[tuple[Any, ...]]]:
    """The sheets of a copy by their names."""
    book = openpyxl.load_workbook(BytesIO(copies.path_of(copy.token).read_bytes()))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


async def test_a_grower_takes_along_what_every_room_keeps() -> None:
    clerk, grower, whose = (
        await cast.actor(cast.CLERK_A),
        await cast.actor(cast.GROWER_A),
        await person("罗大山"),
    )
    await answer(clerk, whose, "messages")
    await look(clerk, whose)
    made = await make(grower, whose, reason=None)
    sheets = told(made)
    for name in (
        "基本资料",
        "户",
        "社员身份",
        "地块",
        "账号",
        "过磅单",
        "走访和电话",
        "我同意过什么",
        "号码查看记录",
        "操作记录",
    ):
        assert any(name in each for each in sheets), (name, list(sheets))
    text = str(sheets)
    assert "罗大山" in text
    assert "转六月货款" in text
    assert "110100196204180030" not in text
    slips = await db.scalar(
        "SELECT COUNT(*) FROM harvest_weighin w JOIN directory_person p ON p.household_id = w.household_id WHERE p.id = :id",
        id=whose,
    )
    assert len(sheets["过磅单"]) == int(slips) + 1
    strangers = [
        name
        for (name,) in await db.tuples(
            "SELECT DISTINCT name FROM directory_person WHERE cooperative_id <>"
            " (SELECT cooperative_id FROM directory_person WHERE id = :id)",
            id=whose,
        )
    ]
    assert not [name for name in strangers if name in text]


async def test_what_another_cooperative_wrote_is_told_to_the_person_alone() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("罗大山")
    id = await visit(clerk, await home_named("罗大山"), outcome="别社的话")
    await _as_if_of_another(id)
    assert "别社的话" not in str(told(await make(clerk, whose)))
    assert "别社的话" in str(told(await make(await cast.actor(cast.GROWER_A), whose, reason=None)))


@db.unit_of_work
async def _as_if_of_another(visit_id: int) -> None:
    await db.execute(
        "UPDATE visits_visit SET cooperative_id = (SELECT organization_id FROM accounts_user WHERE phone = :phone) WHERE id = :id",
        phone=cast.LEADER_B,
        id=visit_id,
    )


async def test_the_same_form_sent_twice_is_one_copy_and_one_file() -> None:
    clerk, whose, form = await cast.actor(cast.CLERK_A), await person("罗大山"), new_id()
    first, second = await make(clerk, whose, id=form), await make(clerk, whose, id=form)
    assert first == second
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'person.copied'") == 1
    with pytest.raises(Conflict):
        await make(await cast.actor(cast.LEADER_A), whose, id=form)


async def test_nobody_copies_strangers_or_their_family() -> None:
    grower, whose = await cast.actor(cast.GROWER_A), await person("罗大山")
    with pytest.raises(Missing):
        await make(grower, await person("单正茂"))
    wife = await db.scalar(
        "SELECT id FROM directory_person WHERE household_id = (SELECT household_id FROM directory_person WHERE id = :id) AND id <> :id",
        id=whose,
    )
    with pytest.raises(NotYours):
        await make(grower, int(wife))
    with pytest.raises(Missing):
        await make(await cast.actor(cast.LEADER_B), whose)
    for phone in (cast.ADMIN, cast.COMMITTEE, cast.TECHNICIAN):
        with pytest.raises(NotYours):
            await make(await cast.actor(phone), whose)
    with pytest.raises(Refused):
        await make(await cast.actor(cast.CLERK_A), whose, reason=None)


async def test_so_many_copies_and_no_more_until_they_are_swept() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("罗大山")
    made = [await make(clerk, whose) for _ in range(copies.KEPT_MAX)]
    with pytest.raises(Refused):
        await make(clerk, whose)
    assert await copies.sweep(now=NOW + timedelta(days=1)) == 0
    assert copies.path_of(made[0].token).is_file()
    later = NOW + timedelta(days=8)
    assert await copies.sweep(now=later) == copies.KEPT_MAX
    assert await copies.sweep(now=later) == 0
    assert not [each for each in made if copies.path_of(each.token).exists()]
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'copies.swept'") == 1
    assert (await make(clerk, whose, now=later)).rows > 0


async def test_a_copy_is_taken_by_whoever_made_it_alone() -> None:
    clerk, whose, form = await cast.actor(cast.CLERK_A), await person("罗大山"), new_id()
    made = await make(clerk, whose, id=form)
    assert (await copies.get_copy(clerk, form, whose)).token == made.token
    with pytest.raises(Missing):
        await copies.get_copy(await cast.actor(cast.LEADER_A), form, whose)
    with pytest.raises(Missing):
        await copies.get_copy(clerk, form, await person("单正茂"))
    with pytest.raises(Missing):
        await copies.get_copy(clerk, new_id(), whose)


async def test_who_has_a_second_step_gives_a_code_of_it_for_a_copy() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("罗大山")
    assert clerk.user_id is not None
    await apps.enrol(clerk.user_id, at=NOW - timedelta(minutes=10))
    code, form = await apps.shown(clerk.user_id, at=NOW), new_id()
    before = _lying()
    for wrong in (None, "000000"):
        with pytest.raises(Refused) as refused:
            await make(clerk, whose, given=Given(wrong, ADDRESS))
        assert refused.value.field == "code"
    made = await make(clerk, whose, id=form, given=Given(code, ADDRESS))
    assert (await make(clerk, whose, id=form)).id == made.id
    with pytest.raises(Refused):
        await make(clerk, whose, given=Given(code, ADDRESS))
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'person.copied'") == 1
    assert _lying() - before == {made.token}


def _lying() -> set[str]:
    """The files of all copies that are there."""
    return {each.name for each in copies.path_of("x").parent.glob("*")}
