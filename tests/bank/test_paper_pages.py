"""The bank's sheets as people fetch them: by a button of their page, in their language, nobody else's."""

from datetime import timedelta

from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from tests.harness import cast
from tests.harness.clients import SignIn

PDF = "application/pdf"


async def test_a_statement_is_fetched_for_its_days_by_who_sees_it(client: SignIn) -> None:
    grower, stranger = await client(cast.GROWER_A), await client(cast.LEADER_B)
    url = f"/bank/statements/{(await cast.actor(cast.GROWER_A)).household_id}"
    page = (await grower.get(f"{url}?from_on=2026-06-01&to_on=2026-06-30")).text
    paper = f"{url}/paper?from_on=2026-06-01&amp;to_on=2026-06-30"
    assert paper in page
    answers = [await grower.get(f"{url}/paper?lang={language}") for language in ("zh", "en")]
    assert {answer.headers["content-type"] for answer in answers} == {PDF}
    assert answers[0].content != answers[1].content
    assert (await stranger.get(f"{url}/paper")).status_code == 404
    assert (await grower.get(f"{url}/paper?from_on=x")).status_code == 422


async def test_settlements_and_closes_have_their_paper(client: SignIn) -> None:
    leader, stranger = await client(cast.LEADER_A), await client(cast.LEADER_B)
    settlement, site = (
        await db.tuples(
            "SELECT id, site_id FROM bank_settlement WHERE operator_id = :of ORDER BY id LIMIT 1",
            of=(await cast.actor(cast.LEADER_A)).organization_id,
        )
    )[0]
    day, close = clock.local_day(clock.now()) - timedelta(days=1), new_id()
    asked = {"id": str(close), "site_id": str(site), "on": day.isoformat()}
    assert (await leader.post("/bank/closes", data=asked)).status_code == 303
    for url in (f"/bank/settlements/{settlement}", f"/bank/closes/{close}"):
        assert f'href="{url}/paper"' in (await leader.get(url)).text
        assert (await leader.get(f"{url}/paper")).headers["content-type"] == PDF
        assert (await stranger.get(f"{url}/paper")).status_code == 404


async def test_a_storage_book_is_read_by_its_household_and_printed_at_the_counter(client: SignIn) -> None:
    grower, clerk, stranger = [await client(who) for who in (cast.GROWER_A, cast.CLERK_A, cast.LEADER_B)]
    home = (await cast.actor(cast.GROWER_A)).household_id
    url = f"/bank/storage-books/{home}"
    assert f'href="{url}"' in (await grower.get(f"/bank/statements/{home}")).text
    page = (await grower.get(f"{url}?lang=en")).text
    assert "Storage book" in page
    assert "Deposited" in page
    assert f"{url}/prints" not in page
    assert "代储簿" in (await clerk.get(f"{url}?lang=zh")).text
    assert (await grower.post(f"{url}/prints", data={})).status_code == 403
    for browser in (grower, clerk):
        assert "存折" not in (await browser.get(url)).text
    first, again = [await clerk.post(f"{url}/prints", data={}) for _ in range(2)]
    assert first.headers["content-type"] == again.headers["content-type"] == PDF
    assert first.content != again.content
    assert (await stranger.get(url)).status_code == 404
    assert (await stranger.post(f"{url}/prints", data={})).status_code == 404
