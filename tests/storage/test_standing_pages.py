"""The page that tells what is where: for whom, narrowed how, with a table behind its picture."""

import pytest

from pepperchain.core import db
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.storage.test_pages import FRAGMENT

STANDING = "/storage/standing"


@pytest.mark.parametrize("phone", [cast.LEADER_A, cast.CLERK_A, cast.STOREKEEPER])
async def test_keepers_see_what_is_theirs_and_the_weeks_ahead(client: SignIn, phone: str) -> None:
    person = await client(phone)
    page = (await person.get(STANDING)).text
    assert "到期压力" in page
    assert 'class="weeks"' in page
    assert "可供" in page or "没有出库" in page
    part = await person.get(f"{STANDING}?form=dry", headers=FRAGMENT)
    assert part.text.lstrip().startswith('<div id="results"')
    assert (await person.post(STANDING)).status_code == 405


async def test_officers_choose_a_site_and_others_are_not_let_in(client: SignIn) -> None:
    officer, buyer, stranger = await client(cast.COMMITTEE), await client(cast.BUYER_P), await client()
    assert "请选站点" in (await officer.get(STANDING)).text
    site = await db.scalar("SELECT site_id FROM storage_lot WHERE is_open LIMIT 1")
    assert "到期压力" in (await officer.get(f"{STANDING}?site_id={site}")).text
    assert (await buyer.get(STANDING)).status_code == 403
    assert (await stranger.get(STANDING)).status_code == 303


async def test_one_cooperative_learns_nothing_of_another(client: SignIn) -> None:
    leader = await client(cast.LEADER_B)
    name = await db.scalar(
        "SELECT o.short_name FROM directory_organization o JOIN accounts_user u ON u.organization_id = o.id WHERE u.phone = :phone",
        phone=cast.LEADER_A,
    )
    owner = await db.scalar(
        "SELECT organization_id FROM accounts_user WHERE phone = :phone", phone=cast.LEADER_A
    )
    assert name not in (await leader.get(f"{STANDING}?owner={owner}")).text


@pytest.mark.parametrize(
    "query", ["site_id=0", "site_id=x", "form=x", "age=x", "owner=99999999999999999999", "site_id=999999999"]
)
async def test_hostile_addresses_are_answered_in_words(client: SignIn, query: str) -> None:
    leader = await client(cast.LEADER_A)
    assert (await leader.get(f"{STANDING}?{query}")).status_code in (200, 422)
