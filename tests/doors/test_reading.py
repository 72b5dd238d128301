"""D4, D10, E4: reading changes nothing but what is declared here, and every answer carries the safe headers."""

from collections.abc import Mapping

import httpx2
import pytest

from pepperchain.access.actor import Actor
from pepperchain.core import db
from tests.doors.crawling import crawl
from tests.doors.filling import trail_rows
from tests.doors.plan import ROLES, Way, way_of, ways
from tests.doors.test_matrix import cases_of
from tests.doors.things import rows_of, thing_of, things
from tests.doors.visitors import FRAGMENT, Visitors, without_trace
from tests.harness import cast, dumps
from tests.harness.schema import tables

WRITTEN_DOWN: Mapping[str, frozenset[str]] = {
    "GET /growers/cards/print": frozenset({"directory_card"}),
    "GET /growers/{household_id:int}/card/print": frozenset({"directory_card"}),
    "GET /exports/{id:uuid}/file": frozenset({"exports_export"}),
}
"""Reads that are written down: each leaves one row in the trail, since personal data goes out, and what else it may touch."""

OF_SESSIONS = frozenset({"accounts_session", "accounts_half_session", "accounts_attempt"})
"""That somebody is there is noted, and how often an address has looked at what is open to everyone."""

READERS = (cast.ADMIN, cast.COMMITTEE, cast.LEADER_A, cast.STOREKEEPER, cast.GROWER_A)

SAFE = {
    "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
}  # fmt: skip
KEPT_IN_BROWSERS = ("/static/",)


async def _whole() -> dict[str, object]:
    """Every table but the sessions', the trail too."""
    held: dict[str, object] = dict(await dumps.dump())
    for name in ("audit_entry", "directory_merge", "directory_merge_change", "core_lease"):
        held[name] = sorted(await db.tuples(f"SELECT * FROM {name}"), key=str)
    return {name: rows for name, rows in held.items() if name not in OF_SESSIONS}


def _changed(one: Mapping[str, object], other: Mapping[str, object]) -> set[str]:
    return {name for name in one if one[name] != other[name]}


async def _addresses(actor: Actor) -> list[tuple[Way, str]]:
    """Every page that the actor may open and each kind of thing below it that they see."""
    rows = {thing.name: await rows_of(thing) for thing in things()}
    found = []
    for way in ways():
        if (
            way.is_read
            and way.lets_in(actor.role)
            and str(way) not in WRITTEN_DOWN
            and way.path != "/metrics"
        ):
            thing = thing_of(way)
            cases = cases_of(way, thing, rows[thing.name] if thing else [], actor)
            found += [(way, case.address) for case in cases if case.is_seen]
    return found


@pytest.mark.parametrize("phone", READERS)
async def test_reading_changes_nothing(house: Visitors, phone: str) -> None:
    """All pages with all kinds of ids, as page, as fragment and through the API: the whole database is what it was."""
    actor, browser, machine = await cast.actor(phone), await house.browser(phone), await house.machine(phone)
    before, addresses = await _whole(), await _addresses(actor)
    for way, address in addresses:
        for headers in ({},) if way.is_api else ({}, FRAGMENT):
            await (machine if way.is_api else browser).get(address, headers=headers)
    after = await _whole()
    assert len(addresses) > 20
    # A program's token notes when it was used last.
    assert _changed(before, after) - {"accounts_token"} == set()


async def test_reads_that_are_written_down_leave_one_row_and_touch_nothing_else(house: Visitors) -> None:
    actor, browser = await cast.actor(cast.LEADER_A), await house.browser(cast.LEADER_A)
    household = await db.scalar(
        "SELECT MIN(id) FROM directory_household WHERE cooperative_id = :of", of=actor.organization_id
    )
    export = await db.scalar("SELECT id FROM exports_export WHERE user_id = :user", user=actor.user_id)
    asked = {
        "GET /growers/cards/print": f"/growers/cards/print?household={household}",
        "GET /growers/{household_id:int}/card/print": f"/growers/{household}/card/print",
        "GET /exports/{id:uuid}/file": f"/exports/{export}/file",
    }
    assert asked.keys() == WRITTEN_DOWN.keys()
    for way, address in asked.items():

        async def read(address: str = address) -> tuple[int, int, set[str]]:
            before, rows = await _whole(), await trail_rows()
            answer = await browser.get(address)
            return answer.status_code, await trail_rows() - rows, _changed(before, await _whole())

        status, rows, changed = await without_trace(read)
        assert (status, rows) == (200, 1), way
        assert changed - WRITTEN_DOWN[way] == {"audit_entry"}, way


def _unsafe(answer: httpx2.Response) -> list[str]:
    wrong = [name for name, value in SAFE.items() if answer.headers.get_list(name) != [value]]
    (policy,) = answer.headers.get_list("content-security-policy") or [""]
    if "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy or "unsafe" in policy:
        wrong.append(f"policy {policy}")
    kept = answer.headers.get("cache-control", "")
    if "no-store" not in kept and not answer.url.path.startswith(KEPT_IN_BROWSERS):
        wrong.append(f"kept {kept}")
    return wrong


@pytest.mark.parametrize("phone", [cast.LEADER_A, None])
async def test_every_answer_of_every_route_carries_the_safe_headers(
    house: Visitors, phone: str | None
) -> None:
    """Pages, fragments, files, redirects, refusals and errors, for things that are there and things that are not."""
    actor = None if phone is None else await cast.actor(phone)
    browser, machine = await house.browser(phone), await house.machine(phone)
    rows = {thing.name: await rows_of(thing) for thing in things()}
    wrong, statuses = [], set[int]()
    for way in ways():
        thing, client = thing_of(way), machine if way.is_api else browser
        for case in cases_of(way, thing, rows[thing.name] if thing else [], actor)[:3]:
            if way.path == "/logout":
                continue

            async def ask(
                address: str = case.address, way: Way = way, client: httpx2.AsyncClient = client
            ) -> httpx2.Response:
                json: object = {} if way.is_api and not way.is_read else None
                data = None if way.is_read or way.is_api else {"reason": "x"}
                return await client.request(way.method, address, data=data, json=json)

            answer = await ask() if way.is_read else await without_trace(ask)
            statuses.add(answer.status_code)
            wrong += [f"{way} {answer.status_code}: {each}" for each in _unsafe(answer)]
    for method, address in (
        ("DELETE", "/me"),
        ("GET", "/%ff"),
        ("POST", "/static/app.css"),
        ("GET", "/static/app.css"),
    ):
        wrong += [f"{method} {address}: {each}" for each in _unsafe(await browser.request(method, address))]
    assert wrong == []
    assert statuses >= ({200, 303, 403, 404, 422} if phone else {303, 401, 403})


async def test_what_is_linked_and_drawn_carries_them_too(house: Visitors) -> None:
    """Along the links: scripts, styles, icons and files."""
    browser = await house.browser(cast.LEADER_A)
    pages = await crawl(browser, ROLES[cast.LEADER_A], each_max=1, fragments=False)
    linked = {link for each in pages if each.page for link in each.page.links if link.startswith("/static/")}
    assert len(linked) > 5
    for address in sorted(linked):
        answer = await browser.get(address.partition("#")[0])
        assert (answer.status_code, _unsafe(answer)) == (200, []), address


async def test_every_table_is_looked_at(database: str) -> None:
    missing = (await tables()).keys() - (await _whole()).keys()
    assert missing <= OF_SESSIONS | {
        "audit_key", "audit_seal", "sqlite_sequence", "sqlite_stat1", "sqlite_stat4", "tortoise_migrations",
    }  # fmt: skip


async def test_the_declared_reads_are_routes() -> None:
    assert all(way_of("GET", way.removeprefix("GET ")) or way in map(str, ways()) for way in WRITTEN_DOWN)
