"""Every form of every page, sent as its page offers it, and with more than it asks for.

E4: one act leaves exactly one row in the trail. D3: a role, a cooperative, an amount, an approver that nobody asked for are not taken.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import httpx2
import pytest

from pepperchain.access.policy import Role
from pepperchain.audit import personal
from pepperchain.core import db
from tests.doors.crawling import Form, Found, Page, crawl
from tests.doors.filling import ELSEWHERE, forms_of, sent, trail_rows
from tests.doors.plan import ROLES, Way, way_of, ways
from tests.doors.visitors import Visitors, without_trace

TAKEN = frozenset({200, 204, 303})
TRIES = 4
PAGES_EACH = 2

TWO_ACTS = {
    "POST /exports/new/{kind}": "a short list is asked for, and made at once; for a long one that is a timer's",
    "POST /consents/corrections/{correction_id:int}/acceptance": "the person is changed, and who asked is answered",
    "POST /growers/{household_id:int}/tags": "a tag that is new is made, and put on",
    "POST /bank/receipts/{receipt_id:int}/withdrawals": "the claim ends, and the pepper leaves its lot",
    "POST /bank/sales/{id:uuid}/reversal": "the pepper is back in its lot, and the sale is none",
    "POST /storage/waits": "somebody waits, and since there is space already it is offered to them",
    "POST /growers/{household_id:int}/people/{person_id:int}/numbers": "they agreed, and what they agreed to is kept",
}
"""Two rows for two acts."""

NO_ACT = {
    "POST /storage/reconciliations": "looks again, as a timer does every night; what does not agree becomes a case",
}
"""No row: nobody changed anything."""

MANY = frozenset({"climate_reading", "climate_bucket"})
"""Have a row for each minute of a sensor: only counted."""

DATED = frozenset({"consents_copy", "exports_export"})
"""Hold the size of a file that holds the moment it was made: no two are alike."""

NOT_ASKED: Mapping[str, str] = {
    "role": "admin", "organization_id": "2", "cooperative_id": "2", "household_id": "25", "user_id": "1", "owner": "1", "maker_id": "1",
    "checker_id": "1", "approved_by": "1", "operator_id": "2", "status": "approved", "state": "approved", "amount_fen": "1",
    "net_grams": "1", "price_fen_per_kg": "1", "is_admin": "1", "created_at": "1", "voided_at": "1",
}  # fmt: skip
"""Of each form those that it does not ask for itself."""

# Ids and digests, codes of lots, moments.
_CHANGING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,64}|\b[0-9a-z]{26}\b|\b1[0-9]{12}\b")


@dataclass(frozen=True, slots=True)
class Sending:
    """What came of a form that was sent."""

    status: int
    rows: int
    left: Mapping[str, object]
    """What the tables hold afterwards, without ids and moments."""
    then: tuple[Page, ...]
    """The page that it led to and the one that it came from, as they are now: whatever can be undone, done next or taken back."""


async def send(browser: httpx2.AsyncClient, form: Form, extra: Mapping[str, str]) -> Sending:
    before, data = await trail_rows(), sent(form)
    more = {name: value for name, value in extra.items() if name not in data}
    answer = await browser.post(form.action, data=data | more)
    rows = await trail_rows() - before
    if answer.status_code not in TAKEN:
        return Sending(answer.status_code, rows, {}, ())
    then = () if extra else await _shown(browser, {form.page, answer.headers.get("location", form.page)})
    return Sending(answer.status_code, rows, await _tables(before), then)


async def _shown(browser: httpx2.AsyncClient, addresses: set[str]) -> tuple[Page, ...]:
    answers = [(each, await browser.get(each)) for each in sorted(addresses)]
    return tuple(
        Page(address, answer.text)
        for address, answer in answers
        if answer.status_code == 200 and "text/html" in answer.headers["content-type"]
    )


async def _tables(since: int) -> dict[str, object]:
    """Every table's rows, counted and made comparable."""
    names = await db.tuples(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'audit_entry' ORDER BY name"
    )
    held: dict[str, list[tuple[object, ...]]] = {
        name: await db.tuples(f"SELECT {'COUNT(*)' if name in MANY else '*'} FROM {name}")
        for (name,) in names
    }
    held["audit_entry"] = await _entries(since)
    return {name: hash(_CHANGING.sub("…", str(sorted(map(_plain, rows))))) for name, rows in held.items()}


async def _entries(since: int) -> list[tuple[object, ...]]:
    """What the trail tells of the act, opened: what is sealed in it is sealed differently each time."""
    rows = await db.tuples(
        "SELECT verb, subject, township_id, organization_id, facts FROM audit_entry ORDER BY id LIMIT -1 OFFSET :since",
        since=since,
    )
    facts = await personal.opened([json.loads(row[4]) for row in rows])
    return [(*row[:4], json.dumps(told, ensure_ascii=False)) for row, told in zip(rows, facts, strict=True)]


def _plain(row: tuple[object, ...]) -> str:
    """A row as text; what is sealed is sealed differently each time."""
    return str(["sealed" if isinstance(each, bytes) else each for each in row])


async def twice(browser: httpx2.AsyncClient, form: Form) -> tuple[Sending, Sending | None]:
    """Sent as it is, and then with what nobody asked for; neither lasts."""
    plain = await without_trace(partial(send, browser, form, {}))
    if plain.status not in TAKEN:
        return plain, None
    return plain, await without_trace(partial(send, browser, form, NOT_ASKED))


async def after(browser: httpx2.AsyncClient, first: Form, form: Form) -> tuple[Sending, Sending | None]:
    """The same for a form that is there only after another was sent."""

    async def chained(extra: Mapping[str, str]) -> Sending:
        await browser.post(first.action, data=sent(first))
        return await send(browser, form, extra)

    plain = await without_trace(partial(chained, {}))
    return plain, await without_trace(partial(chained, NOT_ASKED)) if plain.status in TAKEN else None


FURTHER: Mapping[str, str] = {
    "/admin/users/{}": "SELECT id FROM accounts_user WHERE role = 'grower' ORDER BY id LIMIT 1",
    "/organizations/{}/particulars": "SELECT o.id FROM directory_organization o WHERE o.kind = 'family_farm' AND o.ended_on IS NULL",
    "/storage/rooms/{}/particulars": "SELECT r.id FROM storage_room r WHERE NOT EXISTS (SELECT 1 FROM storage_lot l WHERE l.room_id = r.id)"
    " AND NOT EXISTS (SELECT 1 FROM storage_booking b WHERE b.room_id = r.id) ORDER BY r.id",
    "/storage/samples/{}/tests/new": "SELECT s.id FROM storage_sample s WHERE NOT EXISTS"
    " (SELECT 1 FROM storage_test t WHERE t.sample_id = s.id) ORDER BY s.id",
    "/storage/lots/{}/mergers/new": "SELECT l.id FROM storage_lot l JOIN storage_lot o ON o.room_id = l.room_id AND o.id <> l.id"
    " AND o.form = l.form AND o.grade = l.grade AND o.cultivar = l.cultivar AND o.cooperative_id = l.cooperative_id"
    " WHERE l.is_open AND o.is_open AND l.operator_id = l.cooperative_id ORDER BY l.id",
    "/bank/receipts/{}": "SELECT MIN(b.id) FROM bank_receipt b WHERE b.state = 'open' GROUP BY b.operator_id",
    "/bank/pledges/{}": "SELECT g.id FROM bank_pledge g WHERE g.id IN (SELECT MAX(o.id) FROM bank_pledge o GROUP BY o.state)",
    "/bank/schemes/{}": "SELECT id FROM bank_scheme_version ORDER BY id",
    "/bank/schemes/{}/terms": "SELECT id FROM bank_scheme_version WHERE state = 'draft' ORDER BY id",
    "/bank/schemes/new?of={}": "SELECT id FROM bank_scheme WHERE operator_id IS NULL",
    "/harvest/weigh-ins/new?q=%E7%BD%97": "SELECT 1",
}
"""Pages that a crawl along the first things of each kind passes by, and the thing that each is about."""

FURTHER_EACH = 4


async def further(browser: httpx2.AsyncClient, role: Role) -> list[Found]:
    """Those that the role may open."""
    found = []
    for place, sql in FURTHER.items():
        for (id,) in (await db.tuples(sql))[:FURTHER_EACH]:
            address = place.format(id)
            way = way_of("GET", urlsplit(address).path)
            if way is not None and way.lets_in(role):
                answer = await browser.get(address)
                if answer.status_code == 200:
                    found.append(Found(address, 200, "", Page(address, answer.text)))
    return found


@pytest.mark.sqlite  # where an act that is rolled back gives its numbers back, so that two runs can be compared
async def test_every_form_leaves_one_row_in_the_trail_and_takes_nothing_that_it_did_not_ask_for(
    house: Visitors,
) -> None:
    taken, wrong, refused = set[Way](), list[str](), dict[Way, str]()

    def judged(way: Way, form: Form, plain: Sending, more: Sending | None) -> None:
        wrong.extend(_judged(way, plain, more))
        if plain.status in TAKEN:
            taken.add(way)
        else:
            refused[way] = f"{plain.status} to {sent(form)}"

    def waiting(found: list[Found]) -> Mapping[Way, list[Form]]:
        return {
            way: forms
            for way, forms in forms_of(found).items()
            if way not in taken and str(way) not in ELSEWHERE
        }

    for phone, role in ROLES.items():
        browser = await house.browser(phone)
        pages = [
            *await crawl(browser, role, each_max=PAGES_EACH, fragments=False),
            *await further(browser, role),
        ]
        for way, forms in waiting(pages).items():
            for form in forms[:TRIES]:
                plain, more = await twice(browser, form)
                judged(way, form, plain, more)
                if way in taken:
                    for next_way, next_forms in waiting(
                        [Found("", 200, "", page) for page in plain.then]
                    ).items():
                        judged(next_way, next_forms[0], *await after(browser, form, next_forms[0]))
                    break
    never = [str(way) for way in ways() if way.is_form and way not in taken and str(way) not in ELSEWHERE]
    assert not wrong, "\n".join(wrong)
    assert not never, f"fill them in tests/doors/filling.py, or say which test sends them: {never} {refused}"


def _judged(way: Way, plain: Sending, more: Sending | None) -> list[str]:
    if plain.status >= 500:
        return [f"{way} answered {plain.status}"]
    if more is None:
        return []
    told = (
        []
        if plain.rows == 1 + (str(way) in TWO_ACTS) - (str(way) in NO_ACT)
        else [f"{way} left {plain.rows} rows in the trail"]
    )
    if (more.status, more.rows) != (plain.status, plain.rows):
        told.append(f"{way} answered {more.status} with {more.rows} rows to what it did not ask for")
    different = [
        name for name, held in plain.left.items() if more.left.get(name) != held and name not in DATED
    ]
    return [*told, *(f"{way} took what it did not ask for into {name}" for name in different)]
