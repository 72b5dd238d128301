"""Invitations: a link opens once, for the right that its inviter has at that moment, and tells nothing otherwise."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.policy import Role
from pepperchain.accounts import invitation_queries, invitations, passwords, queries, sessions, users
from pepperchain.accounts.rules import Belonging
from pepperchain.accounts.signing_in import Opened
from pepperchain.core import db
from pepperchain.core.errors import Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from tests.accounts import people
from tests.accounts.people import ADDRESS, NOW, Places

pytestmark = pytest.mark.usefixtures("database")

INVITED = "13900000009"


async def _leader(places: Places, phone: str = "13900000001") -> Actor:
    belonging = Belonging(organization_id=places.cooperative_id)
    return await people.acting(await people.user(phone, Role.COOP_LEADER, belonging=belonging))


async def _admin() -> Actor:
    return await people.acting(await people.user("13900000002", Role.ADMIN))


async def _invite(
    actor: Actor, role: Role = Role.COOP_CLERK, belonging: Belonging | None = None, phone: str = INVITED
) -> invitations.Issued:
    return await invitations.invite(
        actor, request_id=new_id(), phone=phone, role=role, belonging=belonging or Belonging(), now=NOW
    )


async def _accept(secret: str, *, now: datetime = NOW, name: str = "林小溪") -> Opened:
    return await invitations.accept(
        secret=secret, request_id=new_id(), name=name, password=await passwords.chosen("a brook under the terraces"),
        language="zh", address=ADDRESS, agent="a test", now=now,
    )  # fmt: skip


@db.unit_of_work
async def _join(places: Places, organization_id: int | None) -> None:
    await db.execute(
        "UPDATE directory_household SET cooperative_id = :org WHERE id = :id",
        org=organization_id,
        id=places.household_id,
    )


async def test_a_leaders_clerk_makes_an_account_and_is_signed_in() -> None:
    places = await people.places()
    leader = await _leader(places)
    issued = await _invite(leader, belonging=Belonging(organization_id=places.processor_id))
    assert len(issued.secret) == 32
    opened = await _accept(issued.secret)
    session = await sessions.find(opened.secret, now=NOW)
    assert session is not None
    assert session.actor.role is Role.COOP_CLERK
    assert session.actor.organization_id == places.cooperative_id
    assert await people.sign_in(INVITED, "a brook under the terraces")
    rows = await db.tuples(
        "SELECT verb, actor_id FROM audit_entry WHERE verb LIKE 'invitation.%' ORDER BY id"
    )
    assert rows == [("invitation.made", leader.user_id), ("invitation.accepted", session.actor.user_id)]


async def test_a_grower_belongs_to_a_member_household_when_invited_and_when_coming() -> None:
    places = await people.places()
    leader, grower = await _leader(places), Belonging(household_id=places.household_id)
    with pytest.raises(Refused):
        await _invite(leader, Role.GROWER, grower)
    await _join(places, places.cooperative_id)
    issued = await _invite(leader, Role.GROWER, grower)
    await _join(places, None)
    with pytest.raises(Missing):
        await _accept(issued.secret)
    await _join(places, places.cooperative_id)
    session = await sessions.find((await _accept(issued.secret)).secret, now=NOW)
    assert session is not None
    assert session.actor.household_id == places.household_id


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.COOP_CLERK, Role.GROWER)])
async def test_nobody_brings_in_a_role_above_their_right(role: Role) -> None:
    places = await people.places()
    leader = await _leader(places)
    whole = Belonging(places.cooperative_id, places.household_id, (places.township_id,))
    with pytest.raises(Refused):
        await _invite(leader, role, whole)


async def test_a_clerk_invites_nobody() -> None:
    places = await people.places()
    belonging = Belonging(organization_id=places.cooperative_id)
    clerk = await people.acting(await people.user("13900000003", Role.COOP_CLERK, belonging=belonging))
    with pytest.raises(NotYours):
        await _invite(clerk)


async def test_an_administrator_invites_anybody_with_what_the_role_needs() -> None:
    places, admin = await people.places(), await _admin()
    with pytest.raises(Refused):
        await _invite(admin, Role.TECHNICIAN)
    issued = await _invite(admin, Role.TECHNICIAN, Belonging(township_ids=(places.township_id,)))
    session = await sessions.find((await _accept(issued.secret)).secret, now=NOW)
    assert session is not None
    assert session.actor.township_ids == (places.township_id,)


async def test_a_link_opens_once_also_for_two_at_the_same_time() -> None:
    issued = await _invite(await _leader(await people.places()))
    done = await asyncio.gather(*(_accept(issued.secret) for _ in range(2)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Missing", "Opened"]
    with pytest.raises(Missing):
        await _accept(issued.secret)


async def _demote(leader: Actor, places: Places, issued: invitations.Issued) -> None:
    belonging = Belonging(organization_id=places.cooperative_id)
    version = await db.scalar("SELECT version FROM accounts_user WHERE id = :id", id=leader.user_id)
    await users.set_role(
        SYSTEM,
        user_id=leader.user_id or 0,
        version=version,
        role=Role.COOP_CLERK,
        belonging=belonging,
        now=NOW,
    )


async def _close(leader: Actor, places: Places, issued: invitations.Issued) -> None:
    await users.disable(SYSTEM, user_id=leader.user_id or 0, now=NOW)


async def _move(leader: Actor, places: Places, issued: invitations.Issued) -> None:
    other = await people.organization("cooperative", "李市花椒专业合作社", "李市合作社")
    version = await db.scalar("SELECT version FROM accounts_user WHERE id = :id", id=leader.user_id)
    await users.set_role(
        SYSTEM, user_id=leader.user_id or 0, version=version, role=Role.COOP_LEADER,
        belonging=Belonging(organization_id=other), now=NOW,
    )  # fmt: skip


async def _take_back(leader: Actor, places: Places, issued: invitations.Issued) -> None:
    for _ in range(2):
        await invitations.revoke(leader, invitation_id=issued.id, now=NOW)


@pytest.mark.parametrize("meanwhile", [_demote, _close, _move, _take_back])
async def test_a_link_dies_with_its_inviters_right(
    meanwhile: Callable[[Actor, Places, invitations.Issued], Awaitable[None]],
) -> None:
    places = await people.places()
    leader = await _leader(places)
    issued = await _invite(leader)
    await meanwhile(leader, places, issued)
    with pytest.raises(Missing):
        await _accept(issued.secret)


async def test_a_link_is_over_after_seven_days_and_leaves_the_list() -> None:
    leader = await _leader(await people.places())
    issued = await _invite(leader)
    late = NOW + timedelta(days=7)
    with pytest.raises(Missing):
        await _accept(issued.secret, now=late)
    assert await invitations.sweep(now=late) == 1
    assert await invitation_queries.open_invitations(leader, before=None, now=late, limit=9) == []


async def test_the_same_form_twice_is_one_invitation_with_the_same_link() -> None:
    leader, request_id = await _leader(await people.places()), new_id()
    made = [
        await invitations.invite(
            leader, request_id=request_id, phone=INVITED, role=Role.COOP_CLERK, belonging=Belonging(), now=NOW
        )
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert await db.scalar("SELECT COUNT(*) FROM accounts_invitation") == 1
    assert made[0].secret not in str(await db.tuples("SELECT * FROM accounts_invitation"))


async def test_guessing_links_is_counted_by_address_and_right_ones_are_not() -> None:
    issued = await _invite(await _leader(await people.places()))
    for _ in range(20):
        assert (await invitations.opened(issued.secret, address=ADDRESS, now=NOW)).phone == INVITED
    for number in range(10):
        with pytest.raises(Missing):
            await invitations.opened(f"{number:032}", address=ADDRESS, now=NOW)
    with pytest.raises(Refused) as caught:
        await invitations.opened(issued.secret, address=ADDRESS, now=NOW)
    assert caught.value.status == 429


async def test_a_leader_learns_of_an_account_only_within_the_own_cooperative() -> None:
    places = await people.places()
    leader, admin = await _leader(places), await _admin()
    await people.user(INVITED)
    issued = await _invite(leader)
    with pytest.raises(Refused):
        await _accept(issued.secret)
    with pytest.raises(Refused):
        await _invite(admin, Role.COMMITTEE)
    with pytest.raises(Refused):
        await _invite(leader, phone="13900000001")


async def test_another_cooperatives_invitations_are_not_there() -> None:
    places = await people.places()
    issued = await _invite(await _leader(places))
    other = await people.organization("cooperative", "李市花椒专业合作社", "李市合作社")
    stranger = await people.acting(
        await people.user("13900000005", Role.COOP_LEADER, belonging=Belonging(organization_id=other))
    )
    assert await invitation_queries.open_invitations(stranger, before=None, now=NOW, limit=9) == []
    with pytest.raises(Missing):
        await invitations.revoke(stranger, invitation_id=issued.id, now=NOW)
    rows = await invitation_queries.open_invitations(await _admin(), before=None, now=NOW, limit=9)
    assert [row.phone for row in rows] == [INVITED]


async def test_an_account_that_came_of_it_is_not_taken_back() -> None:
    leader = await _leader(await people.places())
    issued = await _invite(leader)
    await _accept(issued.secret)
    with pytest.raises(Refused):
        await invitations.revoke(leader, invitation_id=issued.id, now=NOW)
    assert await queries.secret_of_phone(INVITED) is not None
