"""Adding the books up again finds whatever was touched behind the guards' back."""

import pytest

from pepperchain.audit import chains
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.ledger import books, holds
from pepperchain.ledger.books import LEDGER
from tests.audit.sealing import sealed
from tests.ledger.books import NOW, opened, post
from tests.ledger.test_holds import held


@db.unit_of_work
async def behind_the_guards(sql: str, **params: object) -> None:
    """What a stolen disk or a careless hand could do: the guards are off, then on again."""
    if db.dialect() == "postgres":
        await db.execute("SET LOCAL session_replication_role = replica")
        await db.execute("SET CONSTRAINTS ALL IMMEDIATE")
        await db.execute(sql, **params)
        return
    triggers = await db.tuples(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger%'"
    )
    for name, _ in triggers:
        await db.execute(f"DROP TRIGGER {name}")
    await db.execute(sql, **params)
    for _, definition in triggers:
        await db.execute(definition)


async def some_books() -> None:
    at = await opened()
    for amount in (500, 700, 900):
        await post(at.floor, at.source, amount)
    await post(at.lot, at.floor, 400)
    await held(at, 200)
    await holds.expire_due(now=NOW)


async def test_sound_books_have_no_findings(database: str) -> None:
    await some_books()
    assert await books.findings() == []


@pytest.mark.parametrize(
    ("touched", "told"),
    [
        ("UPDATE ledger_account SET debits = debits + 5 WHERE kind = 'floor'", "counters"),
        ("UPDATE ledger_account SET credits = credits - 5 WHERE kind = 'harvest'", "counters"),
        ("UPDATE ledger_account SET held_credits = 0 WHERE kind = 'floor'", "holds"),
        (
            "UPDATE ledger_transfer SET amount = amount + 5 WHERE id = (SELECT MIN(id) FROM ledger_transfer)",
            "not what was posted",
        ),
        (
            "DELETE FROM ledger_transfer WHERE id = (SELECT MAX(id) FROM ledger_transfer)",
            "not what was posted",
        ),
        ("UPDATE ledger_transaction SET effective_on = '2026-01-01'", "not what was posted"),
        ("UPDATE ledger_transaction SET book = 'site:2'", "not what was posted"),
        ("UPDATE ledger_transaction SET reason = 'because'", "not what was posted"),
        (
            "UPDATE ledger_transfer SET debit_id = credit_id, credit_id = debit_id"
            " WHERE id = (SELECT MAX(id) FROM ledger_transfer)",
            "counters",
        ),
    ],
)
async def test_each_way_of_tampering_is_found(database: str, touched: str, told: str) -> None:
    await some_books()
    await behind_the_guards(touched)
    assert any(told in finding for finding in await books.findings())


async def test_the_chain_is_whole_until_somebody_touches_it(database: str) -> None:
    await some_books()
    assert await sealed(LEDGER) == 4
    assert await sealed(LEDGER) == 0
    at = await opened()
    await post(at.floor, at.source, 5)
    assert await sealed(LEDGER) == 1
    assert await chains.verify(LEDGER) == []


@pytest.mark.parametrize(
    "touched",
    [
        "UPDATE ledger_transaction SET actor_id = 7 WHERE seq = (SELECT MIN(seq) FROM ledger_transaction)",
        "UPDATE ledger_transaction SET content_hash = 'x' WHERE seq = (SELECT MAX(seq) FROM ledger_transaction)",
        "UPDATE ledger_transaction SET seq = seq + 100 WHERE seq = (SELECT MIN(seq) FROM ledger_transaction)",
    ],
)
async def test_a_change_under_a_seal_breaks_the_chain(database: str, touched: str) -> None:
    await some_books()
    await sealed(LEDGER)
    await behind_the_guards(touched)
    assert len(await chains.verify(LEDGER)) == 1


async def test_long_chains_are_sealed_in_runs_that_leave_nothing_out(database: str) -> None:
    at = await opened()
    for _ in range(25):
        await post(at.floor, at.source, 10, id=new_id())
    runs = [await sealed(LEDGER, limit=7) for _ in range(5)]
    assert runs == [7, 7, 7, 4, 0]
    assert await chains.verify(LEDGER) == []
