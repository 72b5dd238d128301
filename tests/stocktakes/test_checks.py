"""Whether the books agree: twelve ways in which they may not are all found, told once, and repaired by nobody but people."""

from datetime import timedelta
from typing import Any

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.ledger import accounts, holds
from pepperchain.ledger import queries as ledger
from pepperchain.stocktakes import check_queries, checks, marks
from pepperchain.stocktakes.check_queries import CaseRow
from pepperchain.stocktakes.check_rules import CaseKind
from pepperchain.storage import blocks, movements
from tests.stocktakes.shelf import clerk, committee, leader
from tests.storage.store import NOW, Store

NIGHT = NOW + timedelta(hours=8)
NEXT_NIGHT = NIGHT + timedelta(days=1)
_ONE = "(SELECT MIN(id) FROM storage_lot)"
_ITS_ACCOUNT = f"(SELECT account_id FROM storage_lot WHERE id = {_ONE})"
_OTHER = "(SELECT MAX(id) FROM storage_lot)"

CORRUPTIONS = {
    CaseKind.ROOM: "UPDATE storage_room SET stock_grams = stock_grams + 1 WHERE stock_grams > 0",
    CaseKind.LEDGER: f"UPDATE storage_lot SET on_hand_grams = on_hand_grams - 7, free_grams = free_grams - 7 WHERE id = {_ONE}",
    CaseKind.HELD: f"UPDATE storage_lot SET held_grams = held_grams + 7, free_grams = free_grams - 7 WHERE id = {_ONE}",
    CaseKind.HOLDS: f"UPDATE ledger_account SET held_credits = held_credits + 7 WHERE id = {_ITS_ACCOUNT}",
    CaseKind.COUNTERS: f"UPDATE ledger_account SET debits = debits + 7 WHERE id = {_ITS_ACCOUNT}",
    CaseKind.NO_ACCOUNT: f"UPDATE storage_lot SET account_id = NULL WHERE id = {_ONE}",
    CaseKind.ACCOUNT: f"UPDATE storage_lot SET account_id = (SELECT account_id FROM storage_lot WHERE id = {_OTHER}) WHERE id = {_ONE}",
    CaseKind.COMMODITY: f"UPDATE storage_lot SET product_id = (SELECT MAX(product_id) FROM storage_lot) WHERE id = {_ONE}",
    CaseKind.PRODUCT: f"UPDATE storage_lot SET grade = 'x' WHERE id = {_ONE}",
    CaseKind.SITE: f"UPDATE storage_lot SET site_id = (SELECT MAX(id) FROM directory_site) WHERE id = {_ONE}",
    CaseKind.ROAD: f"UPDATE storage_lot SET consignment_id = '019a0000-0000-7000-8000-000000000000' WHERE id = {_ONE}",
    CaseKind.BLOCK: f"UPDATE storage_lot SET block_id = '019a0000-0000-7000-8000-000000000000' WHERE id = {_ONE}",
}  # fmt: skip


@db.unit_of_work
async def touch(sql: str) -> None:
    await db.execute(sql)


async def cases(store: Store, *, is_open: bool = True) -> list[CaseRow]:
    return list((await check_queries.cases(committee(store), is_open=is_open)).rows)


async def stocked(store: Store) -> None:
    """Two products in one room, of which something is held, something was blocked and something moved."""
    lot = await store.lot(50)
    other = await store.lot(30, grade="grade_2")
    account = await db.scalar("SELECT account_id FROM storage_lot WHERE id = :id", id=other)
    commodity = (await ledger.states([account]))[account].commodity_id
    order = await accounts.find_or_open("order", "order:1", commodity, side="debit", guarded=False)
    blocked = await blocks.block(clerk(store), id=new_id(), lot_id=lot, reason="待检", now=NOW)
    await movements.reverse(clerk(store), id=new_id(), of=blocked.id, reason="合格", now=NOW)
    assert order


async def test_what_agrees_is_said_with_its_time(store: Store) -> None:
    await stocked(store)
    assert await checks.run(now=NIGHT) == 7
    assert await checks.run(now=NIGHT) == 0
    assert await cases(store) == []
    found = await check_queries.checks(clerk(store), [store.chilled, store.of_b])
    assert {id: row.differences for id, row in found.items()} == {store.chilled: 0}
    mark = (await marks.of_rooms(clerk(store), [store.chilled], now=NIGHT))[store.chilled]
    assert (mark.kind, mark.words) == ("good", "账实相符")
    tally = await check_queries.tally(committee(store))
    assert (tally.rooms, tally.checked) == (7, 7)


@pytest.mark.parametrize("kind", list(CaseKind))
async def test_whatever_was_touched_is_found(store: Store, kind: CaseKind) -> None:
    await stocked(store)
    await touch(CORRUPTIONS[kind])
    await checks.run(now=NIGHT)
    assert kind in {row.kind for row in await cases(store)}
    before = len(await cases(store))
    await checks.run(now=NEXT_NIGHT)
    assert len(await cases(store)) == before  # told once
    mark = (await marks.of_rooms(clerk(store), [store.chilled], now=NIGHT))[store.chilled]
    assert mark.kind == "bad"


async def test_a_hold_that_stands_is_no_difference(store: Store) -> None:
    lot = await store.lot(50)
    account = await db.scalar("SELECT account_id FROM storage_lot WHERE id = :id", id=lot)
    commodity = (await ledger.states([account]))[account].commodity_id
    order = await accounts.find_or_open("order", "order:1", commodity, side="debit", guarded=False)
    await _held(store, lot, account, order)
    await checks.run(now=NIGHT)
    assert await cases(store) == []


@db.unit_of_work
async def _held(store: Store, lot: int, account: int, order: int) -> None:
    await holds.place(
        clerk(store), id=new_id(), debit=order, credit=account, amount=5_000, purpose="order", expires_at=NEXT_NIGHT, now=NOW
    )  # fmt: skip
    await db.execute(
        "UPDATE storage_lot SET held_grams = 5000, free_grams = free_grams - 5000 WHERE id = :id", id=lot
    )


async def test_nothing_is_repaired_and_a_case_is_closed_only_once_it_agrees(store: Store) -> None:
    lot = await store.lot(50)
    await touch(CORRUPTIONS[CaseKind.ROOM])
    await checks.run(now=NIGHT)
    assert await store.stock(store.chilled) == 50_001
    (case,) = await cases(store)
    assert (case.grams, case.state, case.gone_at) == (1, "open", None)
    await checks.take(leader(store), id=case.id, version=case.version, now=NIGHT)
    with pytest.raises(Refused, match="already"):
        await checks.take(leader(store), id=case.id, version=case.version, now=NIGHT)
    (case,) = await cases(store)
    said: dict[str, Any] = {"id": case.id, "note": "撤销了重复的入库", "now": NEXT_NIGHT}
    with pytest.raises(Refused, match="still found"):
        await checks.close(leader(store), version=case.version, **said)
    await touch("UPDATE storage_room SET stock_grams = stock_grams - 1 WHERE stock_grams > 0")
    assert await checks.check(leader(store), room_id=store.chilled, now=NEXT_NIGHT) == 0
    (case,) = await cases(store)
    assert case.gone_at is not None
    await checks.close(leader(store), version=case.version, **said)
    assert await cases(store) == []
    (case,) = await cases(store, is_open=False)
    assert (case.state, case.note) == ("closed", "撤销了重复的入库")
    with pytest.raises(Refused, match="closed"):
        await checks.close(leader(store), version=case.version, **said)
    assert await store.on_hand(lot) == Grams(50_000)


async def test_only_whoever_runs_the_room_checks_and_settles(store: Store) -> None:
    await store.lot(50)
    await touch(CORRUPTIONS[CaseKind.ROOM])
    await checks.run(now=NIGHT)
    (case,) = await cases(store)
    with pytest.raises(Missing):
        await checks.check(store.leader_b, room_id=store.chilled, now=NIGHT)
    with pytest.raises(NotYours):
        await checks.check(clerk(store), room_id=store.chilled, now=NIGHT)
    with pytest.raises(Missing):
        await checks.take(store.leader_b, id=case.id, version=1, now=NIGHT)
    with pytest.raises(Missing):
        await check_queries.case(store.leader_b, case.id)
    assert not (await check_queries.cases(store.leader_b, is_open=True)).rows
