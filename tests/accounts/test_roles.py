"""Changes of role by two administrators, where the installation wants it; and what the pages tell about it."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.access.policy import Role
from pepperchain.accounts import passwords, roles, user_queries, users
from pepperchain.accounts.rules import Belonging
from pepperchain.core import clock, db
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.settings import settings
from tests.accounts import people
from tests.harness import cast
from tests.harness.clients import SignIn

SECOND = "13900000555"


@pytest.fixture
def by_two(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The installation wants two administrators for a change of role."""
    monkeypatch.setenv("PEPPERCHAIN_ACCOUNTS__ROLES_BY_TWO", "true")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


async def _id_of(phone: str) -> int:
    return int(await db.scalar("SELECT id FROM accounts_user WHERE phone = :phone", phone=phone))


async def _second_admin() -> None:
    await users.create(
        SYSTEM, request_id=new_id(), phone=SECOND, name="温如玉", role=Role.ADMIN, belonging=Belonging(),
        secret=await passwords.chosen(cast.PASSWORD), now=clock.now(),
    )  # fmt: skip


async def _propose(admin: httpx2.AsyncClient, user_id: int) -> str:
    version = (await user_queries.get_user(SYSTEM, user_id)).version
    data = {"version": str(version), "role": "committee", "request_id": str(new_id())}
    for _ in range(2):
        assert (await admin.post(f"/admin/users/{user_id}/role", data=data)).status_code == 303
    return str(await db.scalar("SELECT MAX(id) FROM accounts_approval"))


async def test_one_proposes_and_the_other_approves(client: SignIn, by_two: None) -> None:
    await _second_admin()
    admin, second, user_id = await client(cast.ADMIN), await client(SECOND), await _id_of(cast.DEPARTMENT)
    number = await _propose(admin, user_id)
    assert (await user_queries.get_user(SYSTEM, user_id)).role is Role.DEPARTMENT
    assert "waits for another administrator" in (await admin.get(f"/admin/users/{user_id}?lang=en")).text

    own = (await admin.get("/approvals?lang=en")).text
    assert "Withdraw it" in own
    assert f"/approvals/{number}/approval" not in own
    assert (await admin.post(f"/approvals/{number}/approval")).status_code == 422

    assert "1 change waits for a second person" in (await second.get("/?lang=en")).text
    theirs = (await second.get("/approvals?lang=en")).text
    assert "Department contact → Committee officer" in theirs
    assert (await second.post(f"/approvals/{number}/refusal", data={})).status_code == 422
    for _ in range(2):
        assert (await second.post(f"/approvals/{number}/approval")).status_code == 303
    assert (await user_queries.get_user(SYSTEM, user_id)).role is Role.COMMITTEE
    decided = (await second.get("/approvals?state=decided&lang=en")).text
    assert "approved" in decided
    trail = (await admin.get(f"/admin/audit?subject=user&subject_id={user_id}&lang=en")).text
    assert "Proposed a change" in trail
    assert "Proposed by" in trail


async def test_declined_and_withdrawn_it_leaves_the_role_alone(client: SignIn, by_two: None) -> None:
    await _second_admin()
    admin, second, user_id = await client(cast.ADMIN), await client(SECOND), await _id_of(cast.DEPARTMENT)
    number = await _propose(admin, user_id)
    for _ in range(2):
        answer = await second.post(f"/approvals/{number}/refusal", data={"reason": "<b>not yet</b>"})
        assert answer.status_code == 303
    decided = (await admin.get("/approvals?state=decided")).text
    assert "&lt;b&gt;not yet" in decided
    assert (await admin.post(f"/approvals/{number}/withdrawal")).status_code == 409
    number = await _propose(admin, user_id)
    assert (await second.post(f"/approvals/{number}/withdrawal")).status_code == 422
    assert (await admin.post(f"/approvals/{number}/withdrawal")).status_code == 303
    assert (await user_queries.get_user(SYSTEM, user_id)).role is Role.DEPARTMENT


async def test_others_learn_nothing_of_it(client: SignIn, by_two: None) -> None:
    await _second_admin()
    admin, user_id = await client(cast.ADMIN), await _id_of(cast.DEPARTMENT)
    number = await _propose(admin, user_id)
    leader = await client(cast.LEADER_A)
    assert "Nothing waits" in (await leader.get("/approvals?lang=en")).text
    assert (await leader.post(f"/approvals/{number}/approval")).status_code == 404


async def test_an_account_that_was_changed_meanwhile_is_not_changed_by_an_old_proposal(
    client: SignIn, by_two: None
) -> None:
    await _second_admin()
    admin, second, user_id = await client(cast.ADMIN), await client(SECOND), await _id_of(cast.DEPARTMENT)
    number = await _propose(admin, user_id)
    version = (await user_queries.get_user(SYSTEM, user_id)).version
    await users.set_role(
        SYSTEM, user_id=user_id, version=version, role=Role.ADMIN, belonging=Belonging(), now=clock.now()
    )
    answer = await second.post(f"/approvals/{number}/approval?lang=en")
    assert answer.status_code == 409
    assert "changed since this was proposed" in answer.text


@pytest.mark.usefixtures("database", "by_two")
async def test_nobody_proposes_another_role_for_themselves() -> None:
    boss = await people.acting(await people.user("13900000001", Role.ADMIN))
    with pytest.raises(Refused):
        await roles.change(
            boss, user_id=boss.user_id or 0, version=1, role=Role.COMMITTEE, belonging=Belonging(),
            request_id=new_id(), now=people.NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("phone", "sentence", "counts"),
    [
        (cast.COMMITTEE, "They see the whole district.", {"Households", "Slips", "Lots", "Organizations"}),
        (cast.LEADER_A, "see what belongs to it", {"Households", "Slips", "Rooms", "Lots"}),
        (cast.TECHNICIAN, "They work in Xianfeng Town", {"Households", "Slips"}),
        (cast.BUYER_P, "but no grower", {"Organizations"}),
        (cast.GROWER_A, "They belong to the household with card", {"Slips"}),
    ],
)
async def test_what_somebody_may_see_is_told_in_sentences_and_counts(
    client: SignIn, phone: str, sentence: str, counts: set[str]
) -> None:
    admin = await client(cast.ADMIN)
    page = (await admin.get(f"/admin/users/{await _id_of(phone)}/access?lang=en")).text
    assert sentence in page
    told = dict(re.findall(r'<dt>([^<]+)</dt><dd class="num">([^<]+)</dd>', page))
    assert counts <= told.keys()
    if phone == cast.LEADER_A:
        own = await db.scalar(
            "SELECT COUNT(*) FROM directory_household h JOIN accounts_user u ON u.organization_id = h.cooperative_id"
            " WHERE u.phone = :phone",
            phone=phone,
        )
        assert told["Households"] == str(own)
    assert (await admin.get("/admin/users/999999/access")).status_code == 404
    assert (await (await client(phone)).get(f"/admin/users/{await _id_of(phone)}/access")).status_code == 403
