"""The pages of stocktakes: each works, for whom it is meant, once however often it is sent."""

import re

import httpx2
import pytest

from pepperchain.core import db
from pepperchain.core.ids import new_id
from tests.harness import cast
from tests.harness.clients import SignIn

STOCKTAKES = "/storage/stocktakes"


async def room_of(phone: str) -> int:
    """The room of this person's organization with the fewest lots in it, of those that have some."""
    return int(
        await db.scalar(
            "SELECT l.room_id FROM storage_lot l JOIN accounts_user u ON u.organization_id = l.operator_id"
            " WHERE u.phone = :phone AND l.is_open GROUP BY l.room_id ORDER BY COUNT(*), l.room_id LIMIT 1",
            phone=phone,
        )
    )


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


async def opened(leader: httpx2.AsyncClient, phone: str = cast.LEADER_A) -> str:
    """The address of a stocktake that this leader opens through the form."""
    room = await room_of(phone)
    page = (await leader.get(f"{STOCKTAKES}/new?room_id={room}")).text
    assert re.search(rf'value="r{room}" selected', page)
    answer = await leader.post(STOCKTAKES, data={"id": hidden(page, "id"), "place": f"r{room}"})
    assert answer.status_code == 303
    return str(answer.headers["location"]).split("?", maxsplit=1)[0]


async def book_of(url: str) -> dict[int, tuple[int, int]]:
    """By line: the lot, and its grams by the book."""
    return {
        id: (lot, grams)
        for id, lot, grams in await db.tuples(
            "SELECT id, lot_id, book_grams FROM stocktakes_line WHERE stocktake_id = :id ORDER BY position",
            id=int(url.rsplit("/", 1)[1]),
        )
    }


async def counted(clerk: httpx2.AsyncClient, url: str, *, less: int = 0) -> None:
    """Every lot counted through the form, the first one by so many grams less than the book, twice if asked."""
    book = await book_of(url)
    for turn, (id, (_, grams)) in enumerate(book.items()):
        for _ in range(2):
            kilograms = (grams - (less if turn == 0 else 0)) / 1000
            answer = await clerk.post(
                f"{url}/counts", data={"id": str(new_id()), "line": str(id), "loose": f"{kilograms:.3f}", "loose_unit": "kg"}
            )  # fmt: skip
            assert answer.status_code == 303


async def test_from_opening_to_the_signature(client: SignIn) -> None:
    leader, clerk = await client(cast.LEADER_A), await client(cast.CLERK_A)
    url = await opened(leader)
    page = (await clerk.get(f"{url}?lang=en")).text
    assert "To count" in page
    count_page = (await clerk.get(f"{url}/counts/new")).text
    (lot, grams) = next(iter((await book_of(url)).values()))
    assert f"{grams / 1000:.2f}" not in page
    assert f"{grams / 1000:.2f}" not in count_page
    await counted(clerk, url, less=1_000)
    done = await clerk.get(f"{url}/counts/new")
    assert (done.status_code, done.headers["location"]) == (303, url)
    version = hidden((await clerk.get(url)).text, "version")
    answer = await clerk.post(f"{url}/submission", data={"version": version})
    assert answer.status_code == 303
    page = (await leader.get(f"{url}?lang=en")).text
    assert "What differs" in page
    if "committee has to agree" in page:
        officer = await client(cast.COMMITTEE)
        seen = (await officer.get(f"{url}?lang=en")).text
        agreed = await officer.post(f"{url}/agreement", data={"version": hidden(seen, "version")})
        assert agreed.status_code == 303
        page = (await leader.get(f"{url}?lang=en")).text
    version = hidden(page, "version")
    for _ in range(2):
        signed = await leader.post(f"{url}/signature", data={"version": version, "reason": "夜里失水"})
        assert signed.status_code == 303
    assert await db.scalar("SELECT on_hand_grams FROM storage_lot WHERE id = :id", id=lot) == grams - 1_000
    assert "Signed and posted" in (await leader.get(f"{url}?lang=en")).text
    assert "Signed and posted" in (await leader.get(f"{STOCKTAKES}?all=on&lang=en")).text


async def test_papers_are_papers(client: SignIn) -> None:
    leader, clerk = await client(cast.LEADER_A), await client(cast.CLERK_A)
    url = await opened(leader)
    sheet = await clerk.get(f"{url}/paper")
    assert sheet.content.startswith(b"%PDF")
    await counted(clerk, url)
    await clerk.post(f"{url}/submission", data={"version": hidden((await clerk.get(url)).text, "version")})
    assert (await clerk.get(f"{url}/paper")).content.startswith(b"%PDF")


async def test_what_cannot_be_comes_back_with_what_was_typed(client: SignIn) -> None:
    leader, clerk = await client(cast.LEADER_A), await client(cast.CLERK_A)
    url = await opened(leader)
    line = next(iter(await book_of(url)))
    for typed in ({"loose": "-3"}, {"loose": "999999"}, {"bags": "x"}, {}, {"bags": "3"}, {"loose": "1e9"}):
        answer = await clerk.post(f"{url}/counts", data={"id": str(new_id()), "line": str(line), **typed})
        assert answer.status_code == 422, typed
        assert all(f'value="{value}"' in answer.text for value in typed.values()), typed
    assert await db.scalar("SELECT COUNT(*) FROM stocktakes_count") == 0


@pytest.mark.parametrize("place", ["", "x", "r0", "r999999999999999999999", "s-1", "r1; DROP"])
async def test_hostile_places_are_refused(client: SignIn, place: str) -> None:
    leader = await client(cast.LEADER_A)
    answer = await leader.post(STOCKTAKES, data={"id": str(new_id()), "place": place})
    assert answer.status_code == 422


async def test_something_more_is_noted(client: SignIn) -> None:
    leader, clerk = await client(cast.LEADER_A), await client(cast.CLERK_A)
    url = await opened(leader)
    page = (await clerk.get(f"{url}/finds/new")).text
    room = await room_of(cast.LEADER_A)
    said = {"id": hidden(page, "id"), "room_id": str(room), "words": "<b>三袋</b>", "grams": "60"}
    for _ in range(2):
        assert (await clerk.post(f"{url}/finds", data=said)).status_code == 303
    shown = (await clerk.get(url)).text
    assert shown.count("&lt;b&gt;三袋") == 1


async def test_given_back_and_called_off(client: SignIn) -> None:
    leader, clerk = await client(cast.LEADER_A), await client(cast.CLERK_A)
    url = await opened(leader)
    await counted(clerk, url)
    await clerk.post(f"{url}/submission", data={"version": hidden((await clerk.get(url)).text, "version")})
    seen = hidden((await leader.get(url)).text, "version")
    assert (await leader.post(f"{url}/return", data={"version": seen, "reason": ""})).status_code == 422
    back = await leader.post(f"{url}/return", data={"version": seen, "reason": "漏了两袋"})
    assert back.status_code == 303
    assert (await leader.post(f"{url}/cancellation", data={"reason": "下雨了"})).status_code == 303
    assert "Called off: 下雨了" in (await leader.get(f"{url}?lang=en")).text


async def test_wrong_methods_strangers_and_other_roles(client: SignIn) -> None:
    leader, other = await client(cast.LEADER_A), await client(cast.LEADER_B)
    url = await opened(leader)
    stranger = await client(None)
    assert (await stranger.get(url)).status_code == 303
    for path in ("", "/paper", "/counts/new", "/finds/new"):
        assert (await other.get(url + path)).status_code == 404, path
    assert (await leader.get(f"{url}/counts")).status_code == 405
    assert (await leader.post(url)).status_code == 405
    assert (await leader.post(f"{url}/agreement", data={"version": "1"})).status_code == 403
    clerk = await client(cast.CLERK_A)
    assert (await clerk.get(f"{STOCKTAKES}/new")).status_code == 403
    assert (await clerk.post(f"{url}/signature", data={"version": "1"})).status_code == 403
    officer = await client(cast.COMMITTEE)
    assert (await officer.get(url)).status_code == 200
    assert (await officer.get(f"{url}/counts/new")).status_code == 403


async def test_the_list_pages_on_and_is_a_fragment_for_htmx(client: SignIn) -> None:
    leader = await client(cast.LEADER_A)
    await opened(leader)
    fragment = await leader.get(STOCKTAKES, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert fragment.text.lstrip().startswith('<div id="results"')
    assert (await leader.get(f"{STOCKTAKES}?cursor=x")).status_code == 422
    assert (await leader.get(f"{STOCKTAKES}?all=on")).status_code == 200
