"""Tokens: what a program may do is what its user may, within the token's scopes, until it ends (reliability D9)."""

from datetime import timedelta

import pytest

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import POLICY, Role
from pepperchain.accounts import passwords, tokens, user_queries, users
from pepperchain.accounts.rules import Belonging
from pepperchain.accounts.tokens import Issued
from pepperchain.core import db
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.ids import new_id
from tests.accounts import people
from tests.accounts.people import NOW

pytestmark = pytest.mark.usefixtures("database")

PHONE = "13900000001"


async def _owner() -> Actor:
    return await people.acting(await people.user(PHONE))


async def _issue(actor: Actor, *scopes: Capability, days: int = 90) -> Issued:
    return await tokens.create(actor, request_id=new_id(), label="scale", scopes=scopes, days=days, now=NOW)


async def test_without_scopes_it_may_what_its_user_may() -> None:
    owner = await _owner()
    actor = await tokens.actor_of((await _issue(owner)).secret, now=NOW)
    assert actor is not None
    assert {capability for capability in Capability if actor.may(capability)} == POLICY[owner.role]


async def test_with_scopes_it_may_nothing_else() -> None:
    issued = await _issue(await _owner(), Capability.HARVEST_READ)
    actor = await tokens.actor_of(issued.secret, now=NOW)
    assert actor is not None
    assert [capability for capability in Capability if actor.may(capability)] == [Capability.HARVEST_READ]


async def test_a_scope_beyond_the_role_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        await _issue(await _owner(), Capability.ACCOUNT_ADMINISTER)
    assert caught.value.field == "scopes"


async def test_it_loses_what_its_user_loses() -> None:
    owner = await _owner()
    issued = await _issue(owner, Capability.AUDIT_READ)
    places = await people.places()
    await users.set_role(
        SYSTEM, user_id=owner.user_id or 0, version=1, role=Role.TECHNICIAN,
        belonging=Belonging(township_ids=(places.township_id,)), now=NOW,
    )  # fmt: skip
    actor = await tokens.actor_of(issued.secret, now=NOW)
    assert actor is not None
    assert not actor.may(Capability.AUDIT_READ)


async def test_it_dies_on_its_day_when_revoked_and_when_its_user_is_disabled() -> None:
    owner = await _owner()
    issued = await _issue(owner, days=1)
    assert await tokens.actor_of(issued.secret, now=NOW + timedelta(hours=23)) is not None
    assert await tokens.actor_of(issued.secret, now=NOW + timedelta(days=1)) is None
    revoked = await _issue(owner)
    await tokens.revoke(owner, token_id=revoked.id, now=NOW)
    await tokens.revoke(owner, token_id=revoked.id, now=NOW + timedelta(minutes=1))
    assert await tokens.actor_of(revoked.secret, now=NOW) is None
    other = await _issue(owner)
    await users.disable(SYSTEM, user_id=owner.user_id or 0, now=NOW)
    assert await tokens.actor_of(other.secret, now=NOW) is None
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'token.revoked'") == 1


async def test_it_rests_while_its_users_password_is_a_one_time_one() -> None:
    owner = await _owner()
    issued = await _issue(owner)
    request_id = new_id()
    secret = await passwords.one_time(request_id)
    await passwords.reset(SYSTEM, user_id=owner.user_id or 0, request_id=request_id, secret=secret, now=NOW)
    assert await tokens.actor_of(issued.secret, now=NOW) is None


@pytest.mark.parametrize("days", [0, -1, 366])
async def test_it_lives_a_year_at_most(days: int) -> None:
    owner = await _owner()
    with pytest.raises(Refused) as caught:
        await _issue(owner, days=days)
    assert caught.value.field == "days"


async def test_the_same_form_twice_is_one_token_with_one_secret() -> None:
    owner, request_id = await _owner(), new_id()

    async def create() -> Issued:
        return await tokens.create(owner, request_id=request_id, label="scale", scopes=(), days=1, now=NOW)

    assert await create() == await create()


async def test_only_a_hash_is_kept() -> None:
    issued = await _issue(await _owner())
    kept = str(await db.tuples("SELECT * FROM accounts_token")) + str(
        await db.tuples("SELECT * FROM audit_entry")
    )
    assert issued.secret not in kept
    assert issued.secret.removeprefix(tokens.PREFIX) not in kept


async def test_nobody_sees_or_revokes_the_token_of_another() -> None:
    issued = await _issue(await _owner())
    stranger = await people.acting(await people.user("13900000002"))
    assert await user_queries.tokens_of(stranger, now=NOW) == []
    with pytest.raises(Missing):
        await tokens.revoke(stranger, token_id=issued.id, now=NOW)


@pytest.mark.parametrize(
    "guess", ["", "pepper_", "pepper_" + "0" * 64, "x" * 10_000, "pepper_\0", "' OR 1=1 --"]
)
async def test_no_made_up_token_is_anybodys(guess: str) -> None:
    await _issue(await _owner())
    assert await tokens.actor_of(guess, now=NOW) is None
