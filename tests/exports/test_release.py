"""Two people for a file that tells of many: made, held, and given out when another agrees."""

from collections.abc import Iterator
from typing import Any
from typing import cast as cast_to

import pytest

from pepperchain.accounts import approval_queries, approvals
from pepperchain.app import APPROVABLES
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.exports import rules
from pepperchain.settings import settings
from tests.exports.taking import NOW, ask, page_of, rows_of
from tests.harness import cast
from tests.harness.clients import SignIn


@pytest.fixture
def by_two() -> Iterator[None]:
    """The installation wants two people for more than three."""
    section = cast_to(dict[str, Any], settings().section("exports"))
    before = dict(section)
    section.update(by_two=True, people_max=3)
    rules.bounds.cache_clear()
    yield
    section.update(before)
    rules.bounds.cache_clear()


async def test_a_file_of_many_people_waits_for_an_administrator(by_two: None, client: SignIn) -> None:
    leader, admin = await client(cast.LEADER_A), await client(cast.ADMIN)
    assert "管理员同意" in (await leader.get("/exports/new/people")).text
    page = page_of(await ask(leader, "people", reason="发放补贴"))
    assert (await leader.get(f"{page}/file")).status_code == 404
    assert "管理员同意" in (await leader.get(page)).text
    waiting = (await admin.get("/approvals")).text
    assert "发放补贴" in waiting
    assert (await leader.post(f"/approvals/{await proposed()}/approval")).status_code in (403, 422)
    assert (await admin.post(f"/approvals/{await proposed()}/approval")).status_code == 303
    assert len(await rows_of(leader, page)) > 3
    assert (await admin.get(f"{page}/file")).status_code == 404


async def test_few_people_need_nobody_else(by_two: None, client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    page = page_of(await ask(leader, "households", query="?q=罗大山"))
    assert len(await rows_of(leader, page)) >= 1
    assert await db.scalar("SELECT COUNT(*) FROM accounts_approval") == 0


async def test_what_was_declined_is_never_given_out(by_two: None, client: SignIn) -> None:
    leader, admin = await client(cast.LEADER_A), await client(cast.ADMIN)
    page = page_of(await ask(leader, "people"))
    declined = await admin.post(f"/approvals/{await proposed()}/refusal", data={"reason": "太多"})
    assert declined.status_code == 303
    assert "没有得到同意" in (await leader.get(page)).text
    assert (await leader.get(f"{page}/file")).status_code == 404


async def test_what_was_dropped_is_not_given_out_any_more(by_two: None, client: SignIn) -> None:
    leader, admin = await client(cast.LEADER_A), await client(cast.ADMIN)
    page = page_of(await ask(leader, "people"))
    await leader.post(f"{page}/disposal")
    assert (await admin.post(f"/approvals/{await proposed()}/approval")).status_code == 409
    assert (await leader.get(f"{page}/file")).status_code == 404


async def test_nobody_agrees_to_their_own(by_two: None, client: SignIn) -> None:
    admin = await client(cast.ADMIN)
    page_of(await ask(admin, "people"))
    assert (await admin.post(f"/approvals/{await proposed()}/approval")).status_code == 422
    assert APPROVABLES["export.release"].needs.value == "account:administer"
    with pytest.raises(Missing):
        await approvals.approve(
            await cast.actor(cast.LEADER_B), approval_id=await proposed(), known=APPROVABLES, now=NOW
        )
    assert await approval_queries.waiting_for(await cast.actor(cast.ADMIN)) == 0


async def proposed() -> int:
    return int(await db.scalar("SELECT MAX(id) FROM accounts_approval"))
