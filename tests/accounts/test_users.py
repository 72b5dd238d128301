"""Users are made once, changed by administrators, and closed without a trace of doubt."""

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import POLICY, Role
from pepperchain.accounts import passwords, rules, user_queries, users
from pepperchain.accounts.passwords import Secret
from pepperchain.accounts.rules import Belonging
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from tests.accounts import people
from tests.accounts.people import NOW
from tests.harness.trails import told

pytestmark = pytest.mark.usefixtures("database")

PHONE = "13900000001"
KEPT = Secret("no hash at all")


async def test_the_same_form_twice_makes_one_user() -> None:
    request_id = new_id()

    async def create() -> int:
        return await users.create(
            SYSTEM,
            request_id=request_id,
            phone=PHONE,
            name="陈小满",
            role=Role.COMMITTEE,
            belonging=Belonging(),
            secret=KEPT,
            now=NOW,
        )

    assert await create() == await create()
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'user.created'") == 1


async def test_a_phone_number_has_one_account() -> None:
    await people.user(PHONE)
    with pytest.raises(Refused, match="already has an account") as caught:
        await people.user(PHONE)
    assert caught.value.field == "phone"


async def test_growers_begin_with_large_type() -> None:
    places = await people.places()
    grower = await people.user(PHONE, Role.GROWER, belonging=Belonging(household_id=places.household_id))
    officer = await people.user("13900000002")
    assert (await people.acting(grower)).large_type
    assert not (await people.acting(officer)).large_type


@pytest.mark.parametrize(
    ("role", "field"),
    [
        (Role.COOP_LEADER, "organization"),
        (Role.COOP_CLERK, "organization"),
        (Role.STOREKEEPER, "organization"),
        (Role.PROCESSOR, "organization"),
        (Role.DEPARTMENT, "organization"),
        (Role.GROWER, "household_card"),
        (Role.TECHNICIAN, "township_ids"),
        (Role.SYSTEM, "role"),
    ],
)
async def test_a_role_without_its_scope_is_refused_at_the_field(role: Role, field: str) -> None:
    with pytest.raises(Refused) as caught:
        await people.user(PHONE, role)
    assert caught.value.field == field


async def test_a_processor_has_no_cooperative_leader() -> None:
    places = await people.places()
    with pytest.raises(Refused, match="no such role"):
        await people.user(PHONE, Role.COOP_LEADER, belonging=Belonging(organization_id=places.processor_id))


async def test_what_a_role_has_no_use_for_is_not_kept() -> None:
    places = await people.places()
    everything = Belonging(places.cooperative_id, places.household_id, (places.township_id,))
    leader = await people.acting(await people.user(PHONE, Role.COOP_LEADER, belonging=everything))
    assert (leader.organization_id, leader.household_id, leader.township_ids) == (
        places.cooperative_id,
        None,
        (),
    )


async def test_a_changed_role_holds_from_the_next_request() -> None:
    places = await people.places()
    user_id = await people.user(PHONE)
    token = await people.sign_in(PHONE)
    belonging = Belonging(township_ids=(places.township_id,))
    await users.set_role(
        SYSTEM, user_id=user_id, version=1, role=Role.TECHNICIAN, belonging=belonging, now=NOW
    )
    actor = await people.actor_of(token)
    assert actor is not None
    assert actor.role is Role.TECHNICIAN
    assert actor.township_ids == (places.township_id,)


async def test_the_trail_tells_old_and_new() -> None:
    user_id = await people.user(PHONE)
    await users.change(SYSTEM, user_id=user_id, version=1, name="陈大满", phone="13900000002", now=NOW)
    assert await told("user.changed") == [{"name": ["陈小满", "陈大满"], "phone_tail": ["0001", "0002"]}]
    assert "陈大满" not in await db.scalar("SELECT facts FROM audit_entry WHERE verb = 'user.changed'")


async def test_a_form_from_before_anothers_change_is_a_conflict() -> None:
    user_id = await people.user(PHONE)
    await users.change(SYSTEM, user_id=user_id, version=1, name="陈大满", phone=PHONE, now=NOW)
    with pytest.raises(Conflict):
        await users.change(SYSTEM, user_id=user_id, version=1, name="陈中满", phone=PHONE, now=NOW)
    with pytest.raises(Conflict):
        await users.set_role(
            SYSTEM, user_id=user_id, version=1, role=Role.ADMIN, belonging=Belonging(), now=NOW
        )


async def test_nobody_takes_the_number_of_another() -> None:
    await people.user(PHONE)
    other = await people.user("13900000002")
    with pytest.raises(Refused, match="already has an account"):
        await users.change(SYSTEM, user_id=other, version=1, name="陈大满", phone=PHONE, now=NOW)


async def test_administrators_cannot_lock_themselves_out() -> None:
    admin = await people.acting(await people.user(PHONE, Role.ADMIN))
    assert admin.user_id is not None
    with pytest.raises(Refused, match="own account"):
        await users.disable(admin, user_id=admin.user_id, now=NOW)
    with pytest.raises(Refused, match="own role"):
        await users.set_role(
            admin, user_id=admin.user_id, version=1, role=Role.COMMITTEE, belonging=Belonging(), now=NOW
        )


async def test_closing_twice_and_opening_twice_leave_one_line_each() -> None:
    user_id = await people.user(PHONE)
    for _ in range(2):
        await users.disable(SYSTEM, user_id=user_id, now=NOW)
    for _ in range(2):
        await users.enable(SYSTEM, user_id=user_id, now=NOW)
    rows = await db.tuples("SELECT verb FROM audit_entry WHERE subject_id = :id ORDER BY id", id=str(user_id))
    assert [verb for (verb,) in rows] == ["user.created", "user.disabled", "user.enabled"]


@pytest.mark.parametrize(
    "role", [role for role in rules.GIVEN_ROLES if Capability.ACCOUNT_ADMINISTER not in POLICY[role]]
)
async def test_only_administrators_touch_users(role: Role) -> None:
    places = await people.places()
    kinds = rules.ORGANIZATION_KINDS.get(role, ())
    organization = places.cooperative_id if "cooperative" in kinds else places.processor_id
    everything = Belonging(organization, places.household_id, (places.township_id,))
    if role is Role.DEPARTMENT:
        everything = Belonging(await people.organization("department", "区农业农村委", "农业农村委"))
    elif role is Role.LENDER:
        everything = Belonging(await people.organization("bank", "江津农村商业银行", "农商行"))
    actor = await people.acting(await people.user(PHONE, role, belonging=everything))
    other = await people.user("13900000002")
    request_id = new_id()
    with pytest.raises(NotYours):
        await users.create(
            actor, request_id=request_id, phone="13900000003", name="陈", role=Role.COMMITTEE,
            belonging=Belonging(), secret=KEPT, now=NOW,
        )  # fmt: skip
    with pytest.raises(NotYours):
        await users.change(actor, user_id=other, version=1, name="陈", phone=PHONE, now=NOW)
    with pytest.raises(NotYours):
        await users.set_role(actor, user_id=other, version=1, role=Role.ADMIN, belonging=Belonging(), now=NOW)
    with pytest.raises(NotYours):
        await users.disable(actor, user_id=other, now=NOW)
    with pytest.raises(NotYours):
        await users.enable(actor, user_id=other, now=NOW)
    with pytest.raises(NotYours):
        await passwords.reset(actor, user_id=other, request_id=request_id, secret=KEPT, now=NOW)
    with pytest.raises(Missing):
        await user_queries.get_user(actor, other)
    assert [row.id for row in await user_queries.list_users(actor, limit=10)] == [actor.user_id]


async def test_everyone_chooses_their_own_preferences() -> None:
    actor = await people.acting(await people.user(PHONE))
    await users.prefer(actor, name="陈满", language="en", unit="jin", large_type=True, now=NOW)
    now_acting = await people.acting(actor.user_id or 0)
    assert (now_acting.name, now_acting.language, now_acting.unit, now_acting.large_type) == (
        "陈满", "en", "jin", True,
    )  # fmt: skip


# Finding users


async def _names(text: str, **wanted: object) -> list[str]:
    return [row.name for row in await user_queries.list_users(SYSTEM, text=text, limit=50, **wanted)]  # type: ignore[arg-type]


async def test_users_are_found_by_the_beginning_of_a_name_and_the_end_of_a_number() -> None:
    for number, name in enumerate(("陈小满", "陈大满", "周明")):
        await people.user(f"1390000000{number}", name=name)
    assert set(await _names("陈")) == {"陈小满", "陈大满"}
    assert await _names("陈大") == ["陈大满"]
    assert await _names("满") == []
    assert await _names("0002") == ["周明"]
    assert await _names("13900000001") == ["陈大满"]
    assert await _names("", role=Role.GROWER) == []


@pytest.mark.parametrize("text", ["", "陈", "0"])
async def test_pages_of_users_follow_each_other_without_gap_or_repeat(text: str) -> None:
    for number in range(7):
        await people.user(f"139000000{number}0", name="陈" if number % 2 else f"陈{number}")
    seen: list[int] = []
    after = None
    while rows := await user_queries.list_users(SYSTEM, text=text, after=after, limit=2):
        seen += [row.id for row in rows]
        after = (user_queries.sort_key(text, rows[-1]), rows[-1].id)
    assert len(seen) == len(set(seen)) == 7
