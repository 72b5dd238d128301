"""A small set of accounts for ledger tests: a source that may run dry below zero, a floor and a lot that may not."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from pepperchain.access.actor import SYSTEM
from pepperchain.core.ids import new_id
from pepperchain.ledger import accounts, queries, transactions
from pepperchain.ledger.rules import Leg
from pepperchain.ledger.transactions import Posted

NOW = datetime(2026, 6, 10, 10, 30, tzinfo=UTC)
TODAY = date(2026, 6, 10)
BOOK = "site:1"


@dataclass(frozen=True)
class Books:
    pepper: int
    source: int
    floor: int
    lot: int


async def opened(place: str = "1") -> Books:
    pepper = await accounts.commodity("fresh/first/jiuyeqing/2026", "grams")
    return Books(
        pepper=pepper,
        source=await accounts.find_or_open(
            "harvest", f"township:{place}", pepper, side="credit", guarded=False
        ),
        floor=await accounts.find_or_open("floor", f"site:{place}", pepper, side="debit", guarded=True),
        lot=await accounts.find_or_open("lot", f"lot:{place}", pepper, side="debit", guarded=True),
    )


async def post(debit: int, credit: int, amount: int, *, id: UUID | None = None, on: date = TODAY) -> Posted:
    return await transactions.post(
        SYSTEM, id=id or new_id(), kind="test", book=BOOK, legs=[Leg(debit, credit, amount)], effective_on=on, now=NOW
    )  # fmt: skip


async def available(account: int) -> int:
    return (await queries.balance(account)).available
