"""The database's own guards: even SQL that goes around the verbs cannot unbalance the books, on either engine."""

from collections.abc import Callable, Sequence
from uuid import UUID

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.ledger import accounts, queries, transactions
from pepperchain.ledger.rules import Leg
from tests.ledger.books import BOOK, NOW, TODAY, Books, available, opened, post


@db.unit_of_work
async def around(sql: str, **params: object) -> None:
    await db.execute(sql, **params)


async def transaction(*, of: UUID | None = None) -> UUID:
    id = new_id()
    await db.insert(
        "ledger_transaction",
        id=id,
        kind="test",
        book=BOOK,
        effective_on=TODAY,
        recorded_at=NOW,
        reverses_id=of,
        content_hash="x",
    )
    return id


@db.unit_of_work
async def transfer(debit: int, credit: int, commodity: int, amount: int, *, of: UUID | None = None) -> None:
    await db.insert(
        "ledger_transfer",
        transaction_id=await transaction(of=of),
        position=1,
        debit_id=debit,
        credit_id=credit,
        commodity_id=commodity,
        amount=amount,
    )


Moved = tuple[int, int, int, int]
"""Debit, credit, commodity and amount of a transfer."""

TRANSFER = ("transaction_id", "position", "debit_id", "credit_id", "commodity_id", "amount")


@db.unit_of_work
async def listed(rows: Sequence[Moved], *, of: UUID | None = None) -> None:
    """One transaction with all of these transfers, in one go."""
    id = await transaction(of=of)
    places = enumerate(rows, start=1)
    await db.insert_many("ledger_transfer", TRANSFER, [(str(id), place, *row) for place, row in places])


@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
@pytest.mark.parametrize(
    ("table", "column"),
    [("ledger_transaction", "kind"), ("ledger_transfer", "amount"), ("audit_entry", "verb")],
)
async def test_what_was_written_cannot_be_changed_or_removed(
    database: str, table: str, column: str, change: str
) -> None:
    at = await opened()
    await post(at.floor, at.source, 500)
    await around(
        "INSERT INTO audit_entry (at, actor_name, role, verb, subject, subject_id, facts)"
        " VALUES (1, 'a', 'system', 'v', 's', '1', '{}')"
    )
    with pytest.raises(db.Violation):
        await around(change.format(table, column, column))


async def test_an_overdraft_is_refused_below_the_verbs(database: str) -> None:
    at = await opened()
    await post(at.floor, at.source, 500)
    with pytest.raises(db.Violation):
        await transfer(at.lot, at.floor, at.pepper, 501)
    assert await available(at.floor) == 500


@pytest.mark.parametrize("amount", [0, -5])
async def test_an_amount_is_positive(database: str, amount: int) -> None:
    at = await opened()
    with pytest.raises(db.Violation):
        await transfer(at.floor, at.source, at.pepper, amount)


async def test_a_transfer_needs_two_accounts_of_one_commodity(database: str) -> None:
    at = await opened()
    other = await accounts.commodity("dry/one", "grams")
    strange = await accounts.find_or_open("floor", "site:1", other, side="debit", guarded=True)
    for debit, credit, commodity in (
        (strange, at.source, other),
        (strange, at.source, at.pepper),
        (at.floor, at.floor, at.pepper),
    ):
        with pytest.raises(db.Violation):
            await transfer(debit, credit, commodity, 5)


async def test_a_reversal_that_is_no_mirror_is_refused(database: str) -> None:
    at, id = await opened(), new_id()
    await post(at.floor, at.source, 500, id=id)
    with pytest.raises(db.Violation):
        await transfer(at.source, at.floor, at.pepper, 400, of=id)
    await transactions.reverse(SYSTEM, id=new_id(), of=id, effective_on=TODAY, reason="wrong", now=NOW)
    with pytest.raises(db.Violation):
        await transfer(at.source, at.floor, at.pepper, 500, of=id)


async def test_an_account_keeps_what_it_is(database: str) -> None:
    at = await opened()
    for change in ("guarded = FALSE", "side = 'credit'", "commodity_id = 99"):
        with pytest.raises(db.Violation):
            await around(f"UPDATE ledger_account SET {change} WHERE id = :id", id=at.floor)
    with pytest.raises(db.Violation):
        await around("DELETE FROM ledger_account WHERE id = :id", id=at.floor)


def many(at: Books) -> list[Moved]:
    """Six hundred transfers that touch three accounts again and again, in both directions."""
    brought = [(at.floor, at.source, at.pepper, grams) for grams in range(300, 600)]
    return brought[:-150] + [
        each
        for row in brought[-150:]
        for each in (row, (at.lot, at.floor, at.pepper, row[3]), (at.floor, at.lot, at.pepper, 1))
    ]


async def counters(*ids: int) -> list[tuple[int, int]]:
    states = await queries.states(list(ids))
    return [(states[id].debits, states[id].credits) for id in ids]


async def test_many_transfers_at_once_move_each_account_by_exactly_their_sums(database: str) -> None:
    at, other = await opened(), await opened("2")
    await post(other.floor, other.source, 70)
    rows = many(at)
    await listed(rows)
    brought, on, back = (
        sum(amount for debit, credit, _, amount in rows if (debit, credit) == pair)
        for pair in ((at.floor, at.source), (at.lot, at.floor), (at.floor, at.lot))
    )
    assert await counters(at.source, at.floor, at.lot) == [(0, brought), (brought + back, on), (on, back)]
    assert await counters(other.source, other.floor) == [(0, 70), (70, 0)]


def of_another_commodity(at: Books, strange: int) -> Moved:
    return strange, at.source, at.pepper, 5


def with_another_commodity(at: Books, strange: int) -> Moved:
    return at.floor, at.source, at.pepper + 1, 5  # that of `strange`, opened after it


def overdrawing(at: Books, strange: int) -> Moved:
    return at.source, at.floor, at.pepper, 10_000_000


def of_nothing(at: Books, strange: int) -> Moved:
    return at.floor, at.source, at.pepper, 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (of_another_commodity, "a transfer moves one commodity"),
        (with_another_commodity, "a transfer moves one commodity"),
        (overdrawing, "ledger_account_floor"),
        (of_nothing, "amount"),
    ],
)
@pytest.mark.parametrize("place", [0, 300, -1])
async def test_one_wrong_transfer_among_many_refuses_all(
    database: str, wrong: Callable[[Books, int], Moved], said: str, place: int
) -> None:
    at = await opened()
    other = await accounts.commodity("dry/one", "grams")
    strange = await accounts.find_or_open("floor", "site:1", other, side="debit", guarded=True)
    rows = many(at)
    rows[place] = wrong(at, strange)
    with pytest.raises(db.Violation, match=said):
        await listed(rows)
    assert await counters(at.source, at.floor, at.lot, strange) == [(0, 0)] * 4
    assert await db.scalar("SELECT COUNT(*) FROM ledger_transfer") == 0


@pytest.mark.parametrize("change", ["amount", "direction", "position", "surplus"])
async def test_a_long_reversal_with_one_false_leg_is_refused(database: str, change: str) -> None:
    at, id = await opened(), new_id()
    legs = [Leg(at.floor, at.source, amount) for amount in range(1_000, 1_300)]
    await transactions.post(SYSTEM, id=id, kind="test", book=BOOK, legs=legs, effective_on=TODAY, now=NOW)
    mirror = [(leg.credit, leg.debit, at.pepper, leg.amount) for leg in legs]
    before = await counters(at.source, at.floor)
    false = list(mirror)
    if change == "amount":
        false[200] = (*false[200][:3], 1_199)
    elif change == "direction":
        false[200] = (at.floor, at.source, at.pepper, 1_200)
    elif change == "surplus":
        false.append((at.floor, at.source, at.pepper, 1))
    else:
        false[200], false[201] = false[201], false[200]
    with pytest.raises(db.Violation, match="mirror"):
        await listed(false, of=id)
    assert await counters(at.source, at.floor) == before
    await listed(mirror, of=id)
    assert await available(at.floor) == 0


@db.unit_of_work
async def travelling(rows: Sequence[Moved]) -> None:
    id = await transaction()
    async with db.together():
        for place, row in enumerate(rows, start=1):
            await db.insert("ledger_transfer", **dict(zip(TRANSFER, (id, place, *row), strict=True)))


async def test_transfers_that_travel_together_are_each_counted_once(database: str) -> None:
    at = await opened()
    await travelling([(at.floor, at.source, at.pepper, grams) for grams in (100, 20, 3)])
    assert await counters(at.source, at.floor) == [(0, 123), (123, 0)]
    with pytest.raises(db.Violation):
        await travelling([(at.floor, at.source, at.pepper, 5), (at.lot, at.floor, at.pepper, 200)])
    assert await counters(at.source, at.floor) == [(0, 123), (123, 0)]
