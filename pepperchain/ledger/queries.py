"""Reading balances and what was posted."""

from dataclasses import dataclass
from uuid import UUID

from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.ledger.rules import Balance, Leg


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account's counters, as they are inside the running unit of work."""

    id: int
    commodity_id: int
    side: str
    guarded: bool
    debits: int
    credits: int
    held_debits: int
    held_credits: int

    @property
    def balance(self) -> Balance:
        if self.side == "debit":
            return Balance(posted=self.debits - self.credits, held=self.held_credits)
        return Balance(posted=self.credits - self.debits, held=self.held_debits)


@dataclass(frozen=True, slots=True)
class AccountKind:
    """What an account is and stays: the database lets nobody change it."""

    commodity_id: int
    side: str
    guarded: bool


@dataclass(frozen=True, slots=True)
class PostedTransaction:
    """A transaction as it stands, with its legs in order."""

    id: str
    kind: str
    book: str
    effective_on: str
    reverses_id: str | None
    reason: str | None
    content_hash: str
    township_id: int | None
    legs: tuple[Leg, ...] = ()


_STATE = (
    "SELECT id, commodity_id, side, guarded, debits, credits, held_debits, held_credits FROM ledger_account"
)


async def balance(account_id: int) -> Balance:
    """What an account has. Raises Missing for an unknown id."""
    state = await db.fetch_one(AccountState, f"{_STATE} WHERE id = :id", id=account_id)
    if state is None:
        raise Missing()
    return state.balance


async def states(account_ids: list[int]) -> dict[int, AccountState]:
    """The counters of several accounts by id."""
    return {
        state.id: state
        for state in await db.fetch(AccountState, f"{_STATE} WHERE id IN :ids", ids=account_ids)
    }


async def kinds(account_ids: list[int]) -> dict[int, AccountKind]:
    """What several accounts are, by id; asked of the database once for each."""
    kept: dict[int, AccountKind] = db.kept("ledger.kinds")
    unknown = [id for id in account_ids if id not in kept]
    if not unknown:
        return kept
    found = {
        row[0]: AccountKind(row[1], row[2], bool(row[3]))
        for row in await db.tuples(
            "SELECT id, commodity_id, side, guarded FROM ledger_account WHERE id IN :ids", ids=unknown
        )
    }
    db.after_commit(lambda: kept.update(found))
    return kept | found


async def locked_states(account_ids: list[int]) -> dict[int, AccountState]:
    """The same, with the accounts locked in the order of their ids until the unit of work ends."""
    sql = f"{_STATE} WHERE id IN :ids ORDER BY id{db.locking()}"
    return {state.id: state for state in await db.fetch(AccountState, sql, ids=account_ids)}


async def transaction(transaction_id: UUID) -> PostedTransaction | None:
    """A posted transaction with its legs, or None."""
    head = await db.fetch_one(
        PostedTransaction,
        "SELECT id, kind, book, effective_on, reverses_id, reason, content_hash, township_id"
        " FROM ledger_transaction WHERE id = :id",
        id=transaction_id,
    )
    if head is None:
        return None
    legs = await db.fetch(
        Leg,
        "SELECT debit_id, credit_id, amount FROM ledger_transfer WHERE transaction_id = :id ORDER BY position",
        id=transaction_id,
    )
    return PostedTransaction(
        head.id, head.kind, head.book, head.effective_on, head.reverses_id, head.reason, head.content_hash,
        head.township_id, tuple(legs),
    )  # fmt: skip
