"""The database's own guards: even SQL that goes around the verbs cannot unbalance the books, on either engine."""

import pytest

from pepperchain.access.actor import SYSTEM
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.ledger import accounts, transactions
from tests.ledger.books import BOOK, NOW, TODAY, available, opened, post


@db.unit_of_work
async def around(sql: str, **params: object) -> None:
    await db.execute(sql, **params)


@db.unit_of_work
async def transfer(debit: int, credit: int, commodity: int, amount: int, *, of=None) -> None:
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
    await db.insert(
        "ledger_transfer",
        transaction_id=id,
        position=1,
        debit_id=debit,
        credit_id=credit,
        commodity_id=commodity,
        amount=amount,
    )


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
