"""The pages of cards: they work, once for a form sent twice, and for nobody outside the scope."""

import pytest

from pepperchain.core import db
from tests.directory.test_grower_pages import household_of
from tests.harness import cast
from tests.harness.clients import SignIn


async def card_of(household_id: int) -> str:
    return str(await db.scalar("SELECT card_number FROM directory_household WHERE id = :id", id=household_id))


async def test_a_lost_card_is_told_of_wherever_it_is_typed(client: SignIn) -> None:
    browser, home = await client(cast.LEADER_A), await household_of("罗大山")
    card = await card_of(home)
    assert "罗大山" in (await browser.get(f"/growers?q={card}")).text
    for _ in range(2):
        answer = await browser.post(f"/growers/{home}/card/losses", data={"card": card})
        assert answer.status_code == 303
    for page in (
        f"/growers?q={card}",
        f"/harvest/weigh-ins/new?q={card}",
        f"/growers?q={card[:4]}+{card[4:]}",
    ):
        text = (await browser.get(page)).text
        assert "挂失，不再有效" in text, page
        assert "罗大山" not in text, page
    part = await browser.get(f"/harvest/weigh-ins/new?q={card}", headers={"HX-Request": "true"})
    assert "挂失，不再有效" in part.text
    teammate = await client(cast.CLERK_A)
    assert "补发新卡" in (await teammate.get(f"/growers/{home}")).text
    other = await client(cast.LEADER_B)
    assert "挂失" not in (await other.get(f"/growers?q={card}")).text


async def test_a_new_card_is_issued_once_and_the_old_number_comes_back_on_no_way(client: SignIn) -> None:
    browser, home = await client(cast.LEADER_A), await household_of("罗大山")
    old = await card_of(home)
    await browser.post(f"/growers/{home}/card/losses", data={"card": old})
    for _ in range(2):
        assert (await browser.post(f"/growers/{home}/cards", data={"card": old})).status_code == 303
    new = await card_of(home)
    assert len(new) == len(old) + 2
    assert (await browser.post(f"/growers/{home}/card/returns", data={"card": old})).status_code == 422
    assert (await browser.post(f"/growers/{home}/card/losses", data={"card": old})).status_code == 409
    assert "罗大山" in (await browser.get(f"/growers?q={new}")).text


async def test_a_card_that_turned_up_is_valid_again(client: SignIn) -> None:
    browser, home = await client(cast.CLERK_A), await household_of("罗大山")
    card = await card_of(home)
    await browser.post(f"/growers/{home}/card/losses", data={"card": card})
    assert (await browser.post(f"/growers/{home}/card/returns", data={"card": card})).status_code == 303
    assert "罗大山" in (await browser.get(f"/growers?q={card}")).text


async def test_cards_are_printed_for_one_for_some_and_for_a_village(client: SignIn) -> None:
    browser, home = await client(cast.LEADER_A), await household_of("罗大山")
    village = await db.scalar("SELECT village_id FROM directory_household WHERE id = :id", id=home)
    assert "村" in (await browser.get("/growers/cards")).text
    for path in (
        f"/growers/{home}/card/print",
        f"/growers/cards/print?household={home}&household={await household_of('邓九叶')}",
        f"/growers/cards/print?village={village}",
    ):
        answer = await browser.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), path
        assert answer.content.startswith(b"%PDF-")
    foreign = await household_of("邓九叶")
    assert (await browser.get(f"/growers/{foreign}/card/print")).status_code == 404
    assert (await browser.get(f"/growers/cards/print?household={foreign}")).status_code == 404


@pytest.mark.parametrize(
    "query", ["", "village=", "household=x", "household=-1", "village=1e9", "village=" + "9" * 40]
)
async def test_a_print_of_nothing_is_refused_in_words(client: SignIn, query: str) -> None:
    browser = await client(cast.LEADER_A)
    assert (await browser.get(f"/growers/cards/print?{query}")).status_code in (404, 422)


async def test_more_households_than_a_list_shows_are_refused(client: SignIn) -> None:
    browser = await client(cast.LEADER_A)
    query = "&".join(f"household={id}" for id in range(1, 202))
    assert (await browser.get(f"/growers/cards/print?{query}")).status_code == 422


async def test_who_may_handle_cards(client: SignIn) -> None:
    home = await household_of("罗大山")
    card = {"card": await card_of(home)}
    for phone, printing, losing in (
        (cast.LEADER_B, 404, 404), (cast.COMMITTEE, 403, 403), (cast.TECHNICIAN, 403, 403), (cast.BUYER_P, 403, 403),
        (cast.GROWER_A, 403, 403), (cast.STOREKEEPER, 403, 403),
    ):  # fmt: skip
        browser = await client(phone)
        assert (await browser.get(f"/growers/{home}/card/print")).status_code == printing, phone
        for path in ("card/losses", "card/returns", "cards"):
            assert (await browser.post(f"/growers/{home}/{path}", data=card)).status_code == losing, (
                phone,
                path,
            )
    assert (await browser.get(f"/growers/{home}/card/losses")).status_code == 405
    stranger = await client()
    assert (await stranger.get("/growers/cards")).headers["location"].startswith("/login?next=")
