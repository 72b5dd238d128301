"""The bank's money in the ledger, in fen: what growers have coming, what they owe, and what the operator takes and bears.

Nothing here moves money: a payable is cleared when somebody says that the bank transfer was made. Building blocks of the verbs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pepperchain.bank.account_rules import Account
from pepperchain.bank.settlement_rules import Settlement
from pepperchain.core import db
from pepperchain.core.units import Fen
from pepperchain.ledger import accounts
from pepperchain.ledger.rules import Leg, Side

CURRENCY = "CNY"


_DEBIT = frozenset({Account.RECEIVABLE, Account.PROCEEDS, Account.TOP_UP})
_GUARDED = frozenset({Account.PAYABLE, Account.RECEIVABLE, Account.LENDER})


async def of_receipt(kind: Account, receipt_id: int, *, township_id: int) -> int:
    """A receipt's account: what its depositor has coming for it, or owes for it. It never goes below zero."""
    return await _account(kind, f"receipt:{receipt_id}", township_id)


async def of_organization(kind: Account, organization_id: int, *, township_id: int) -> int:
    """An organization's account: an operator's, or a lender's."""
    return await _account(kind, f"organization:{organization_id}", township_id)


async def _account(kind: Account, ref: str, township_id: int) -> int:
    side: Side = "debit" if kind in _DEBIT else "credit"
    commodity_id = await accounts.commodity(CURRENCY, "fen")
    return await accounts.find_or_open(
        kind, ref, commodity_id, side=side, guarded=kind in _GUARDED, township_id=township_id
    )


@dataclass(slots=True)
class Debt:
    """What is owed for a receipt that pepper was taken out of."""

    account_id: int
    fen: Fen


async def debts(household_id: int) -> list[Debt]:
    """What a household owes for storage, the oldest receipt first."""
    ids = await db.tuples("SELECT id FROM bank_receipt WHERE household_id = :id ORDER BY id", id=household_id)
    rows = await db.tuples(
        "SELECT id, debits - credits FROM ledger_account WHERE kind = :kind AND ref IN :refs AND debits > credits ORDER BY id",
        kind=Account.RECEIVABLE,
        refs=[f"receipt:{id}" for (id,) in ids] or [""],
    )
    return [Debt(int(id), Fen(fen)) for id, fen in rows]


def set_off(owed: Sequence[Debt], most: Fen) -> list[tuple[int, Fen]]:
    """What of the debts a settlement clears, account by account; the debts are less by so much then."""
    found, left = [], most
    for debt in owed:
        some = min(debt.fen, left)
        if some:
            found.append((debt.account_id, some))
            debt.fen -= some
            left -= some
    return found


async def legs_of(
    settled: Settlement,
    *,
    receipt_id: int,
    operator_id: int,
    cleared: Sequence[tuple[int, Fen]],
    township_id: int,
    lender: tuple[int, Fen] | None = None,
) -> list[Leg]:
    """A settlement as transfers: out of what the sale brought and the operator's top-up, to everybody who gets a part of it.

    Nothing passes through the payable that is not the grower's: so each transfer can be taken back by itself.
    """

    async def operators(kind: Account) -> int:
        return await of_organization(kind, operator_id, township_id=township_id)

    payable = await of_receipt(Account.PAYABLE, receipt_id, township_id=township_id)
    sources = [
        (await operators(Account.PROCEEDS), settled.sale),
        (await operators(Account.TOP_UP), settled.top_up),
    ]
    uses = [
        (await operators(Account.FEE), settled.fee),
        (await operators(Account.COSTS), settled.costs),
        (await operators(Account.MARGIN), settled.operator),
        *cleared,
        (
            payable,
            settled.grower - sum((fen for _, fen in cleared), Fen(0)) - (lender[1] if lender else Fen(0)),
        ),
    ]
    if lender is not None:
        uses.append((await of_organization(Account.LENDER, lender[0], township_id=township_id), lender[1]))
    return poured(sources, uses)


def poured(sources: Sequence[tuple[int, Fen]], uses: Sequence[tuple[int, Fen]]) -> list[Leg]:
    """Transfers that empty the sources into the uses, in their order. Both add up to the same."""
    assert sum(fen for _, fen in sources) == sum(fen for _, fen in uses), "what comes in is what goes out"
    legs: list[Leg] = []
    waiting = [(account, int(fen)) for account, fen in sources if fen]
    for account, fen in uses:
        left = int(fen)
        while left:
            source, there = waiting[0]
            some = min(there, left)
            legs.append(Leg(debit=source, credit=account, amount=some))
            left -= some
            waiting = [(source, there - some), *waiting[1:]] if there > some else waiting[1:]
    return legs
