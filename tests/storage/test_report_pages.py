"""The report as a page, a paper and a file: for whom, narrowed how."""

from pathlib import Path

import pytest

from pepperchain.core import db
from tests.exports.taking import take
from tests.harness import cast
from tests.harness.clients import SignIn
from tests.storage.test_pages import FRAGMENT

REPORTS = "/storage/reports"


@pytest.mark.parametrize("phone", [cast.LEADER_A, cast.CLERK_A, cast.STOREKEEPER, cast.COMMITTEE, cast.ADMIN])
async def test_keepers_and_officers_see_the_season(client: SignIn, phone: str) -> None:
    person = await client(phone)
    page = (await person.get(REPORTS)).text
    assert "每周占用" in page
    assert 'class="stock"' in page
    assert "今日库龄" in page
    part = await person.get(f"{REPORTS}?by=township", headers=FRAGMENT)
    assert part.text.lstrip().startswith('<div id="results"')
    assert (await person.post(REPORTS)).status_code == 405


async def test_it_prints(client: SignIn) -> None:
    person = await client(cast.STOREKEEPER)
    for query in ("", "?by=township", "?season=2001"):
        paper = await person.get(f"{REPORTS}/paper{query}")
        assert paper.headers["content-type"] == "application/pdf"
        assert paper.content.startswith(b"%PDF")


async def test_who_keeps_nothing_is_not_let_in(client: SignIn) -> None:
    buyer, stranger = await client(cast.BUYER_P), await client()
    assert (await buyer.get(REPORTS)).status_code == 403
    assert (await buyer.get(f"{REPORTS}/paper")).status_code == 403
    assert (await stranger.get(REPORTS)).status_code == 303


async def test_one_cooperative_learns_nothing_of_another(client: SignIn, tmp_path: Path) -> None:
    leader = await client(cast.LEADER_B)
    name, owner = (
        await db.tuples(
            "SELECT o.short_name, o.id FROM directory_organization o JOIN accounts_user u ON u.organization_id = o.id"
            " WHERE u.phone = :phone",
            phone=cast.LEADER_A,
        )
    )[0]
    assert name not in (await leader.get(f"{REPORTS}?owner={owner}")).text
    await take(await cast.actor(cast.LEADER_B), "storageweeks", tmp_path / "b.csv")
    assert name not in (tmp_path / "b.csv").read_text(encoding="utf-8-sig")
    await take(await cast.actor(cast.LEADER_A), "storageweeks", tmp_path / "a.csv")
    assert name in (tmp_path / "a.csv").read_text(encoding="utf-8-sig")


async def test_a_season_without_anything_says_what_to_do(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    assert "先办入库" in (await leader.get(f"{REPORTS}?season=2001")).text


@pytest.mark.parametrize(
    "query",
    [
        "season=x",
        "season=-1",
        "season=99999",
        "site_id=0",
        "form=x",
        "by=x",
        "owner=99999999999999999999",
        "township_id=999999999",
    ],
)
async def test_hostile_addresses_are_answered_in_words(client: SignIn, query: str) -> None:
    leader = await client(cast.LEADER_A)
    for path in (REPORTS, f"{REPORTS}/paper"):
        assert (await leader.get(f"{path}?{query}")).status_code in (200, 422)
