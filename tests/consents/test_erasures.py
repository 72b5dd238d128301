"""Asking to be forgotten: by oneself or by those who keep the records, once, taken back, declined, and what stands in the way."""

from datetime import timedelta

import pytest

from pepperchain.accounts import approvals
from pepperchain.app import APPROVABLES
from pepperchain.consents import erasures
from pepperchain.consents.erasure_queries import get_erasure, in_the_way, subject_of
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import proxies
from pepperchain.erasables import ERASABLES
from pepperchain.visits import follow_ups
from tests.consents.dealing import NOW, home_of, person
from tests.harness import cast
from tests.visits.dealing import visit

pytestmark = pytest.mark.usefixtures("village")
BY_TWO = APPROVABLES[erasures.WHAT]


async def ask(phone: str, whose: int) -> int:
    return (await erasures.ask(await cast.actor(phone), id=new_id(), person_id=whose, words=None, now=NOW)).id


async def hindrances(whose: int) -> list[str]:
    subject = await subject_of(whose)
    assert subject is not None
    return [each.words for each in await in_the_way(subject, ERASABLES, today=NOW.date(), now=NOW)]


async def test_a_grower_asks_for_themselves_once_and_takes_it_back() -> None:
    grower, whose = await cast.actor(cast.GROWER_A), await person("罗大山")
    first, form = await ask(cast.GROWER_A, whose), new_id()
    again = await erasures.ask(grower, id=form, person_id=whose, words="又一次", now=NOW)
    assert (again.id, again.repeated) == (first, True)
    for _ in range(2):
        await erasures.withdraw(grower, id=first, now=NOW)
    assert (await get_erasure(grower, first)).state == "withdrawn"
    assert await ask(cast.GROWER_A, whose) != first


async def test_nobody_asks_for_strangers_or_for_their_family() -> None:
    whose = await person("罗大山")
    wife = await db.scalar(
        "SELECT id FROM directory_person WHERE household_id = :home AND id <> :id ORDER BY id LIMIT 1",
        home=await home_of(whose),
        id=whose,
    )
    with pytest.raises(NotYours):
        await ask(cast.GROWER_A, int(wife))
    with pytest.raises(Missing):
        await ask(cast.LEADER_B, whose)
    with pytest.raises(NotYours):
        await ask(cast.COMMITTEE, whose)
    id = await ask(cast.CLERK_A, whose)
    for phone in (cast.LEADER_B, cast.GROWER_B):
        with pytest.raises(Missing):
            await get_erasure(await cast.actor(phone), id)


async def test_a_declined_wish_says_why_and_is_not_done() -> None:
    clerk, id = await cast.actor(cast.CLERK_A), await ask(cast.CLERK_A, await person("罗大山"))
    for _ in range(2):
        await erasures.decline(clerk, id=id, answer="还有货款没结", now=NOW)
    row = await get_erasure(await cast.actor(cast.GROWER_A), id)
    assert (row.state, row.answer) == ("declined", "还有货款没结")
    with pytest.raises(Conflict):
        await erasures.propose(clerk, BY_TWO, id=id, request_id=new_id(), rooms=ERASABLES, now=NOW)


async def test_what_is_open_stands_in_the_way() -> None:
    clerk, whose = await cast.actor(cast.CLERK_A), await person("罗大山")
    home = await home_of(whose)
    assert any("Heads a household" in each for each in await hindrances(whose))
    wife = int(
        await db.scalar(
            "SELECT id FROM directory_person WHERE household_id = :home AND id <> :id AND left_on IS NULL ORDER BY id LIMIT 1",
            home=home,
            id=whose,
        )
    )
    assert await hindrances(wife) == []
    stranger = await db.scalar(
        "SELECT p.id FROM directory_person p WHERE p.cooperative_id = :org AND p.household_id <> :home AND p.is_head ORDER BY p.id LIMIT 1",
        org=clerk.organization_id,
        home=home,
    )
    await proxies.give(
        clerk, id=new_id(), household_id=home, person_id=int(stranger), given_by_id=wife, may_deliver=True, may_sign=False,
        from_on=NOW.date(), until_on=NOW.date() + timedelta(days=9), now=NOW,
    )  # fmt: skip
    noted = await visit(clerk, home, person_id=wife)
    await follow_ups.set_one(
        clerk, id=new_id(), visit_id=noted, what="送苗", due_on=NOW.date() + timedelta(days=9), owner_id=None, now=NOW
    )  # fmt: skip
    found = await hindrances(wife)
    assert len(found) == 2, found
    id = await ask(cast.CLERK_A, wife)
    with pytest.raises(Refused):
        await erasures.propose(clerk, BY_TWO, id=id, request_id=new_id(), rooms=ERASABLES, now=NOW)


async def test_it_takes_a_second_person_and_what_was_taken_back_is_not_done() -> None:
    clerk, grower, whose = (
        await cast.actor(cast.CLERK_A),
        await cast.actor(cast.GROWER_A),
        await person("罗大山"),
    )
    id = await ask(cast.GROWER_A, whose)

    @db.unit_of_work
    async def alone() -> None:
        await db.execute(
            "UPDATE directory_person SET left_on = '2026-01-01' WHERE household_id = :home AND id <> :id",
            home=await home_of(whose),
            id=whose,
        )
        await db.execute(
            "UPDATE harvest_weighin SET price_fen_per_kg = 1, amount_fen = 1 WHERE price_fen_per_kg IS NULL"
        )
        await db.execute("UPDATE visits_follow_up SET done_at = 1, done_name = '-' WHERE done_at IS NULL")
        await db.execute(
            "UPDATE bank_receipt SET state = 'emptied', free_grams = 0, ordered_grams = 0, pledged_grams = 0 WHERE household_id = :home",
            home=await home_of(whose),
        )

    await alone()
    form = new_id()
    for _ in range(2):
        await erasures.propose(clerk, BY_TWO, id=id, request_id=form, rooms=ERASABLES, now=NOW)
    waiting = int(await db.scalar("SELECT id FROM accounts_approval WHERE what = 'person.erase'"))
    with pytest.raises(Missing):
        await approvals.approve(
            await cast.actor(cast.LEADER_A), approval_id=waiting, known=APPROVABLES, now=NOW
        )
    await erasures.withdraw(grower, id=id, now=NOW)
    with pytest.raises(Conflict):
        await approvals.approve(
            await cast.actor(cast.COMMITTEE), approval_id=waiting, known=APPROVABLES, now=NOW
        )
    assert await db.scalar("SELECT name FROM directory_person WHERE id = :id", id=whose) == "罗大山"


async def test_what_is_kept_for_the_law_is_for_those_who_decide_alone() -> None:
    id = await ask(cast.CLERK_A, await person("罗大山"))
    with pytest.raises(NotYours):
        await erasures.kept_of(await cast.actor(cast.LEADER_A), id=id, reason="好奇", now=NOW)
    with pytest.raises(Refused):
        await erasures.kept_of(await cast.actor(cast.COMMITTEE), id=id, reason="来函", now=NOW)
