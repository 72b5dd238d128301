"""A second person: nothing proposed holds before another approves it, and the database itself keeps the two apart."""

import asyncio
from typing import Any

import pytest

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.accounts import approval_queries, approvals
from pepperchain.accounts.approvals import Approvable, Payload
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from tests.accounts import people
from tests.accounts.people import NOW

pytestmark = pytest.mark.usefixtures("database")


@db.unit_of_work
async def _act(actor: Actor, *, subject_id: str, payload: Payload, proposed_by: int, now: Any) -> None:
    """Renames the account, and fails where it is called like that already."""
    if not await db.execute(
        "UPDATE accounts_user SET name = :name WHERE id = :id AND name = :was",
        name=payload["name"][1],
        was=payload["name"][0],
        id=int(subject_id),
    ):
        raise Conflict("renamed meanwhile")


NAMING = Approvable("user.name", "A name", "user", Capability.ACCOUNT_ADMINISTER, "user.changed", _act)
KNOWN = {NAMING.what: NAMING}


async def _admins() -> tuple[Actor, Actor, int]:
    one = await people.acting(await people.user("13900000001", Role.ADMIN))
    other = await people.acting(await people.user("13900000002", Role.ADMIN))
    return one, other, await people.user("13900000003", name="陈小满")


async def _propose(maker: Actor, user_id: int, name: str = "陈大满") -> int:
    payload = {"name": ["陈小满", name]}
    return await approvals.propose(
        maker, NAMING, request_id=new_id(), subject_id=str(user_id), payload=payload, now=NOW
    )


async def _name(user_id: int) -> str:
    return str(await db.scalar("SELECT name FROM accounts_user WHERE id = :id", id=user_id))


async def test_what_one_proposes_holds_when_another_approves_it() -> None:
    one, other, user_id = await _admins()
    approval_id = await _propose(one, user_id)
    assert await _name(user_id) == "陈小满"
    assert await approval_queries.waiting_for(other) == 1
    assert await approval_queries.waiting_for(one) == 0
    for _ in range(2):
        await approvals.approve(other, approval_id=approval_id, known=KNOWN, now=NOW)
    assert await _name(user_id) == "陈大满"
    assert await approval_queries.waiting_for(other) == 0


async def test_nobody_is_both() -> None:
    one, _, user_id = await _admins()
    approval_id = await _propose(one, user_id)
    with pytest.raises(Refused):
        await approvals.approve(one, approval_id=approval_id, known=KNOWN, now=NOW)
    with pytest.raises(Refused):
        await approvals.decline(one, approval_id=approval_id, reason="not after all", now=NOW)
    assert await _name(user_id) == "陈小满"


async def test_the_database_refuses_one_person_in_both_parts() -> None:
    one, _, user_id = await _admins()
    approval_id = await _propose(one, user_id)

    @db.unit_of_work
    async def forged() -> None:
        await db.execute(
            "UPDATE accounts_approval SET state = 'approved', checker_id = maker_id, decided_at = :now WHERE id = :id",
            now=NOW,
            id=approval_id,
        )

    with pytest.raises(Exception, match=r"(?i)check"):
        await forged()


async def test_who_lacks_the_right_sees_nothing_of_it() -> None:
    one, _, user_id = await _admins()
    approval_id = await _propose(one, user_id)
    stranger = await people.acting(user_id)
    with pytest.raises(Missing):
        await approvals.approve(stranger, approval_id=approval_id, known=KNOWN, now=NOW)
    assert await approval_queries.approvals(stranger, is_waiting=True, before=None, limit=9) == []
    assert await approval_queries.waiting_for(stranger) == 0


async def test_a_maker_without_the_right_to_decide_sees_their_own_and_withdraws_it() -> None:
    _, other, user_id = await _admins()
    maker = await people.acting(user_id)
    approval_id = await _propose(maker, user_id)
    assert len(await approval_queries.approvals(maker, is_waiting=True, before=None, limit=9)) == 1
    with pytest.raises(NotYours):
        await approvals.approve(maker, approval_id=approval_id, known=KNOWN, now=NOW)
    with pytest.raises(Refused):
        await approvals.withdraw(other, approval_id=approval_id, now=NOW)
    for _ in range(2):
        await approvals.withdraw(maker, approval_id=approval_id, now=NOW)
    with pytest.raises(Conflict):
        await approvals.approve(other, approval_id=approval_id, known=KNOWN, now=NOW)
    assert await _propose(maker, user_id) != approval_id


async def test_declined_it_changes_nothing_and_says_why() -> None:
    one, other, user_id = await _admins()
    approval_id = await _propose(one, user_id)
    for _ in range(2):
        await approvals.decline(other, approval_id=approval_id, reason="她仍叫小满", now=NOW)
    (row,) = await approval_queries.approvals(one, is_waiting=False, before=None, limit=9)
    assert (row.state, row.reason, row.checker_id) == ("declined", "她仍叫小满", other.user_id)
    assert await _name(user_id) == "陈小满"
    with pytest.raises(Conflict):
        await approvals.approve(other, approval_id=approval_id, known=KNOWN, now=NOW)


async def test_what_no_longer_fits_stays_waiting_and_changes_nothing() -> None:
    one, other, user_id = await _admins()
    approval_id = await _propose(one, user_id)
    await people.user("13900000004")

    @db.unit_of_work
    async def renamed() -> None:
        await db.execute("UPDATE accounts_user SET name = '林溪' WHERE id = :id", id=user_id)

    await renamed()
    with pytest.raises(Conflict):
        await approvals.approve(other, approval_id=approval_id, known=KNOWN, now=NOW)
    assert await approval_queries.waiting_for(other) == 1
    with pytest.raises(Refused):
        await approvals.approve(other, approval_id=approval_id, known={}, now=NOW)


async def test_one_change_of_a_kind_waits_for_a_subject_and_a_form_sent_twice_is_one() -> None:
    one, other, user_id = await _admins()
    request_id, payload = new_id(), {"name": ["陈小满", "陈大满"]}
    made = {
        await approvals.propose(
            one, NAMING, request_id=request_id, subject_id=str(user_id), payload=payload, now=NOW
        )
        for _ in range(2)
    }
    assert len(made) == 1
    with pytest.raises(Refused):
        await _propose(other, user_id)


async def test_two_who_decide_at_once_decide_once() -> None:
    one, other, user_id = await _admins()
    third = await people.acting(await people.user("13900000005", Role.ADMIN))
    approval_id = await _propose(one, user_id)
    done = await asyncio.gather(
        approvals.approve(other, approval_id=approval_id, known=KNOWN, now=NOW),
        approvals.decline(third, approval_id=approval_id, reason="no", now=NOW),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Conflict) for each in done) == 1
    state = await db.scalar("SELECT state FROM accounts_approval WHERE id = :id", id=approval_id)
    assert (await _name(user_id) == "陈大满") == (state == "approved")
