"""Asking for files, fetching and dropping them."""

from datetime import timedelta
from uuid import UUID

import pytest

from pepperchain.accounts.attempts import TooManyTries
from pepperchain.accounts.second_steps import Given
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.exportables import EXPORTABLES
from pepperchain.exports import files, making
from pepperchain.exports.rules import bounds
from tests.accounts import apps
from tests.exports.taking import NOW
from tests.harness import cast

DAYS = EXPORTABLES["days"]


async def told() -> list[str]:
    return [
        row[0] for row in await db.tuples("SELECT verb FROM audit_entry WHERE subject = 'export' ORDER BY id")
    ]


async def test_asking_making_fetching_and_dropping_are_each_told_once(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    export = await files.ask(leader, EXPORTABLES["people"], id=new_id(), format="csv", reason="对账", now=NOW)
    assert await making.at_once(EXPORTABLES["people"], export, now=NOW)
    for _ in range(2):
        fetched = await files.fetch(leader, EXPORTABLES, id=UUID(export.id), now=NOW)
        assert fetched.path.stat().st_mode & 0o777 == 0o600
        assert fetched.export.people == fetched.export.total_rows
    for _ in range(2):
        await files.drop(leader, id=UUID(export.id), now=NOW)
    assert await told() == ["export.asked", "export.made", "export.fetched", "export.dropped"]
    facts = await db.scalar("SELECT facts FROM audit_entry WHERE verb = 'export.made'")
    assert '"people"' in facts
    assert "对账" in facts


async def test_nobody_asks_for_what_is_not_theirs_to_see(village: str) -> None:
    buyer = await cast.actor(cast.BUYER_P)
    assert EXPORTABLES["people"] not in files.exportables_of(buyer, EXPORTABLES)
    for kind in ("people", "nothing"):
        with pytest.raises(Missing):
            files.exportable_of(buyer, EXPORTABLES, kind)


async def test_one_form_is_one_file_and_no_other(village: str) -> None:
    leader, id = await cast.actor(cast.LEADER_A), new_id()
    first = await files.ask(leader, DAYS, id=id, format="csv", now=NOW)
    assert await files.ask(leader, DAYS, id=id, format="csv", now=NOW) == first
    for changed in ({"format": "xlsx"}, {"format": "csv", "choices": "day=2026-06-01"}):
        with pytest.raises(Conflict):
            await files.ask(leader, DAYS, id=id, **changed, now=NOW)  # type: ignore[arg-type]


async def test_so_many_files_wait_and_no_more(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    for _ in range(bounds().waiting_max):
        await files.ask(leader, DAYS, id=new_id(), format="csv", now=NOW)
    with pytest.raises(Refused):
        await files.ask(leader, DAYS, id=new_id(), format="csv", now=NOW)
    with pytest.raises(Refused):
        await files.ask(
            await cast.actor(cast.LEADER_B), DAYS, id=new_id(), format="csv", choices="q" * 3000, now=NOW
        )


async def test_a_file_is_over_when_its_days_are(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    export = await files.ask(leader, DAYS, id=new_id(), format="csv", now=NOW)
    await making.at_once(DAYS, export, now=NOW)
    await files.fetch(leader, EXPORTABLES, id=UUID(export.id), now=NOW)
    with pytest.raises(Missing):
        await files.fetch(leader, EXPORTABLES, id=UUID(export.id), now=NOW + bounds().kept)


async def test_who_has_a_second_step_gives_a_code_for_a_list_that_tells_of_people(village: str) -> None:
    leader, people = await cast.actor(cast.LEADER_A), EXPORTABLES["people"]
    assert leader.user_id is not None
    await apps.enrol(leader.user_id, at=NOW - timedelta(minutes=10))
    code, form = await apps.shown(leader.user_id, at=NOW), new_id()

    async def asked(typed: str | None, *, id: UUID | None = None) -> str:
        given = Given(typed, "192.0.2.9")
        export = await files.ask(
            leader, people, id=id or new_id(), format="csv", reason="对账", given=given, now=NOW
        )
        return export.id

    for wrong in (None, "000000"):
        with pytest.raises(Refused) as refused:
            await asked(wrong)
        assert refused.value.field == "code"
    assert await asked(code, id=form) == await asked(code, id=form) == str(form)
    with pytest.raises(Refused):
        await asked(f"{code[:3]} {code[3:]}")
    await files.ask(leader, DAYS, id=new_id(), format="csv", now=NOW)
    assert await told() == ["export.asked"] * 2


async def test_codes_are_not_guessed_at_by_asking_for_files(village: str) -> None:
    leader = await cast.actor(cast.LEADER_A)
    assert leader.user_id is not None
    await apps.enrol(leader.user_id, at=NOW - timedelta(minutes=10))
    refusals = []
    for number in range(12):
        with pytest.raises(Refused) as refused:
            await files.ask(
                leader, EXPORTABLES["people"], id=new_id(), format="csv", reason="对账",
                given=Given(f"{number:06}", "192.0.2.9"), now=NOW,
            )  # fmt: skip
        refusals.append(type(refused.value))
    assert refusals == [Refused] * 10 + [TooManyTries] * 2
    assert await told() == []
