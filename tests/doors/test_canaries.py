"""D2: nothing of another cooperative's reaches anybody of the first, by any page, fragment, file, search, id or number."""

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlencode

import httpx2
import pytest

from pepperchain.access.policy import Role
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.exportables import EXPORTABLES
from tests.doors import canaries
from tests.doors.crawling import Found, crawl, settled, text_of
from tests.doors.plan import ROLES, Way, ways
from tests.doors.things import rows_of, thing_of
from tests.doors.visitors import FRAGMENT, Visitors, without_trace
from tests.harness import cast

B = 2
COLUMNS_MIN = 60
PAGES_MIN = 10
MET = {
    "directory_person.name", "directory_person.phone", "directory_household.note", "directory_plot.name", "storage_movement.reason",
    "audit_entry.facts",
}  # fmt: skip

STRANGERS = (cast.LEADER_A, cast.CLERK_A, cast.GROWER_A)
"""The first cooperative's people, who have nothing to do with the second."""

PARTNERS = (cast.STOREKEEPER, cast.BUYER_P, cast.DEPARTMENT)
"""It stores at the storekeeper's and supplies the buyer; they may know whom to call, as the task force may."""

TO_CALL = frozenset({"directory_organization.contact_name", "directory_organization.contact_phone"})


async def test_every_table_is_somebodys_or_says_why_not(database: str) -> None:
    unknown = canaries.unowned()
    assert not unknown, f"say in tests/doors/canaries.py whose rows these hold: {unknown}"


@pytest.fixture
async def planted(house: Visitors) -> dict[str, str]:
    """The canaries of everything that is the second cooperative's, by column."""
    planted, bare = await canaries.plant(B)
    assert not bare, f"tests/doors/furniture.py puts no row of B into {bare}"
    assert len(planted) > COLUMNS_MIN
    return planted


def leaks(found: Iterable[Found], planted: Mapping[str, str], *, besides: Collection[str] = ()) -> list[str]:
    """Where a canary sings, and which; and where the house fell down."""
    harmless = [canary for column, canary in planted.items() if column in besides]
    told = []
    for each in found:
        text = each.text
        for canary in harmless:
            text = text.replace(canary, "")
        if canaries.BIRD in text or each.status >= 500:
            at = max(text.find(canaries.BIRD), 0)
            told.append(f"{each.address} {each.status}: {text[max(0, at - 60) : at + 40]!r}")
    return told


@pytest.mark.parametrize("phone", STRANGERS + PARTNERS)
async def test_nothing_of_the_other_cooperative_is_on_any_page_that_one_reaches(
    house: Visitors, planted: Mapping[str, str], phone: str
) -> None:
    found = await crawl(await house.browser(phone), ROLES[phone])
    assert len(found) > PAGES_MIN
    assert leaks(found, planted, besides=_known_to(phone, planted)) == []


def _known_to(phone: str, planted: Mapping[str, str]) -> Collection[str]:
    """What a partner may know by decision: whom to call, and of what is on its way to them, who brings it and from which room."""
    if phone not in PARTNERS:
        return ()
    coming = {column for column in planted if column.startswith("storage_consignment.")}
    return {*TO_CALL, *coming, "storage_room.name"} if phone == cast.STOREKEEPER else TO_CALL


async def test_whoever_sees_all_meets_the_canaries_so_others_would_if_they_saw_more(
    house: Visitors, planted: Mapping[str, str]
) -> None:
    found = [
        *await crawl(await house.browser(cast.COMMITTEE), Role.COMMITTEE),
        *await crawl(await house.browser(cast.ADMIN), Role.ADMIN),
    ]
    met = {column for column, canary in planted.items() if any(canary in each.text for each in found)}
    assert met >= MET


@pytest.mark.parametrize("phone", STRANGERS)
async def test_nothing_of_it_is_in_what_its_ids_are_answered_with(
    house: Visitors, planted: Mapping[str, str], phone: str
) -> None:
    """Every route below a thing, tried with the ids of B: as page, fragment and form, and through the API.

    Not what is open to everyone: who holds the code of a receipt may read it, and tests of its own say what that shows.
    """
    actor, browser, machine = await cast.actor(phone), await house.browser(phone), await house.machine(phone)
    found = []
    for way in ways():
        thing = thing_of(way)
        if thing is None or way.is_public or not way.params or not way.lets_in(actor.role):
            continue
        theirs = [row for row in await rows_of(thing) if B in (row.get("coop"), row.get("operator"))]
        for row in theirs[:2]:
            client, address = machine if way.is_api else browser, way.at(**row)
            found += [await answer(client, way, address, headers) for headers in ({}, FRAGMENT)]
    assert len(found) > PAGES_MIN
    assert leaks(found, planted) == []


async def answer(client: httpx2.AsyncClient, way: Way, address: str, headers: Mapping[str, str]) -> Found:
    """What a request says whose effects do not last."""

    async def ask() -> Found:
        data = None if way.is_read or way.is_api else {"reason": "a reason that will do"}
        json: object = {} if way.is_api and not way.is_read else None
        said = await client.request(way.method, address, headers=headers, data=data, json=json)
        return Found(f"{way.method} {address}", said.status_code, text_of(said), None)

    return await ask() if way.is_read else await without_trace(ask)


@pytest.mark.parametrize("phone", STRANGERS)
async def test_nothing_of_it_is_found_by_looking_for_it(
    house: Visitors, planted: Mapping[str, str], phone: str
) -> None:
    """Every list and look-up, page and API, asked for B's names, numbers, places and ids; its search index is left whole."""
    actor, browser, machine = await cast.actor(phone), await house.browser(phone), await house.machine(phone)
    asked = await _asked()
    found = []
    for way in ways():
        if way.is_read and not way.params and way.lets_in(actor.role) and not way.is_public:
            for query in asked:
                client = machine if way.is_api else browser
                found.append(await answer(client, way, f"{way.path}?{query}", {} if way.is_api else FRAGMENT))
    assert len(found) > PAGES_MIN
    assert leaks(found, planted) == []


async def _asked() -> list[str]:
    """Queries that would lead to B's things."""
    terms = [
        term
        for kind, term in await db.tuples(
            "SELECT kind, MIN(term) FROM directory_term WHERE cooperative_id = :b GROUP BY kind ORDER BY kind",
            b=B,
        )
    ]
    (household, township, village) = (
        await db.tuples(
            "SELECT id, township_id, village_id FROM directory_household WHERE cooperative_id = :b ORDER BY id LIMIT 1",
            b=B,
        )
    )[0]
    (site,) = (await db.tuples("SELECT MIN(id) FROM directory_site WHERE operator_id = :b", b=B))[0]
    (room,) = (await db.tuples("SELECT MIN(id) FROM storage_room WHERE operator_id = :b", b=B))[0]
    ids = {
        "household": household, "household_id": household, "grower": household, "township": township, "village": village,
        "site": site, "site_id": site, "room": room, "room_id": room, "organization": B, "organization_id": B, "cooperative": B,
    }  # fmt: skip
    return [
        *(urlencode({"q": term}) for term in terms),
        *(urlencode({name: value}) for name, value in ids.items()),
        urlencode(ids),
    ]


@pytest.mark.parametrize("phone", [cast.LEADER_A, cast.GROWER_A])
async def test_nothing_of_it_is_in_any_download(
    house: Visitors, planted: Mapping[str, str], phone: str
) -> None:
    """Every list as a file, whole; what needs one of its things to be chosen is refused."""
    actor, browser = await cast.actor(phone), await house.browser(phone)
    found = []
    for kind in (each.code for each in EXPORTABLES.values() if actor.may(each.capability)):
        data = {
            "id": str(new_id()),
            "request_id": str(new_id()),
            "format": "csv",
            "reason": "For the meeting in June",
        }
        asked = await browser.post(f"/exports/new/{kind}", data=data)
        if asked.status_code != 303:
            assert asked.status_code in (404, 422), kind
            continue
        file = await browser.get(f"{asked.headers['location'].partition('?')[0]}/file")
        found.append(Found(kind, file.status_code, text_of(file), None))
    assert "weighins" in {each.address for each in found if each.status == 200}
    # Lots and offers are everybody's to see, with what they are; whom to call is a partner's.
    assert leaks(found, planted) == []


@pytest.mark.parametrize("phone", [cast.LEADER_A, cast.GROWER_A])
async def test_no_number_changes_when_the_other_cooperative_doubles(house: Visitors, phone: str) -> None:
    """Counts, totals and averages too: every page is letter for letter what it was, but for the market's."""
    browser = await house.browser(phone)
    before = await _numbers(browser, phone)
    await canaries.plant(B)
    doubled = await canaries.double(B)
    assert {
        "directory_household",
        "directory_person",
        "harvest_weighin",
        "visits_visit",
        "imports_batch",
    } <= set(doubled)
    after = await _numbers(browser, phone)
    assert before.keys() == after.keys()
    assert [address for address, text in before.items() if text != after[address]] == []


async def _numbers(browser: httpx2.AsyncClient, phone: str) -> dict[str, str]:
    """What one's pages say, but for those that speak of everybody's pepper by design."""
    found = await without_trace(
        lambda: crawl(browser, ROLES[phone])
    )  # or the history would tell what was printed
    return {
        each.address: settled(each.text)
        for each in found
        if each.page is not None and not each.address.startswith(("/market", "/t/", "/harvest/yields"))
    }
