"""The ledger's rows of a load: transactions with one transfer each, and accounts that end with the counters these add up to.

A load puts the ledger's triggers aside (`core.bulk`), so the counters that they would move are added up here, and `doctor` adds
the transfers up again afterwards.
"""

from dataclasses import dataclass

from pepperchain.core.bulk import Loader
from pepperchain.ledger.rules import Leg, Side, content_hash
from pepperchain.seeds.rows import Rows

ACCOUNT = ("id", "commodity_id", "kind", "ref", "side", "guarded", "township_id", "debits", "credits")
TRANSACTION = (
    "id", "kind", "book", "effective_on", "recorded_at", "township_id", "reverses_id", "reason", "content_hash",
)  # fmt: skip
TRANSFER = ("transaction_id", "position", "debit_id", "credit_id", "commodity_id", "amount")


@dataclass(slots=True)
class Account:
    """An account while it is moved."""

    id: int
    commodity_id: int
    kind: str
    ref: str
    side: Side
    guarded: bool
    township_id: int | None
    debits: int = 0
    credits: int = 0
    is_new: bool = True


class Books:
    """Opens accounts and posts."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._accounts: dict[tuple[str, str, int], Account] = {}

    async def take_over(self, loader: Loader) -> None:
        """Knows the accounts that are there already, so that a second one is not opened beside them."""
        for id, commodity_id, kind, ref, side, guarded, township_id, debits, credits_ in await loader.tuples(
            "SELECT id, commodity_id, kind, ref, side, guarded, township_id, debits, credits FROM ledger_account"
        ):
            self._accounts[kind, ref, commodity_id] = Account(
                id, commodity_id, kind, ref, side, bool(guarded), township_id, debits, credits_, is_new=False
            )

    def account(
        self, kind: str, ref: str, commodity_id: int, *, side: Side, guarded: bool, township_id: int | None
    ) -> Account:
        """The account of `kind` for `ref`, opened if it is new."""
        key = (kind, ref, commodity_id)
        found = self._accounts.get(key)
        if found is None:
            found = self._open(kind, ref, commodity_id, side=side, guarded=guarded, township_id=township_id)
            self._accounts[key] = found
        return found

    def account_of_one(self, kind: str, ref: str, commodity_id: int, *, township_id: int) -> Account:
        """A guarded account that nothing else will ask for, such as a lot's; `write` it when it is done with."""
        return self._open(kind, ref, commodity_id, side="debit", guarded=True, township_id=township_id)

    def _open(
        self, kind: str, ref: str, commodity_id: int, *, side: Side, guarded: bool, township_id: int | None
    ) -> Account:
        return Account(self._rows.id("ledger_account"), commodity_id, kind, ref, side, guarded, township_id)

    def post(
        self,
        id: str,
        kind: str,
        *,
        book: str,
        day: str,
        at_ms: int,
        township_id: int,
        debit: Account,
        credit: Account,
        amount: int,
        reverses: str | None = None,
        reason: str | None = None,
    ) -> None:
        """One transaction that moves `amount` from `credit` to `debit`."""
        legs = [Leg(debit.id, credit.id, amount)]
        content = content_hash(
            kind=kind, book=book, effective_on=day, legs=legs, reason=reason, reverses=reverses
        )
        waiting = self._rows.waiting
        waiting["ledger_transaction"].append(
            (id, kind, book, day, at_ms, township_id, reverses, reason, content)
        )
        waiting["ledger_transfer"].append((id, 1, debit.id, credit.id, debit.commodity_id, amount))
        debit.debits += amount
        credit.credits += amount

    def write(self, account: Account) -> None:
        """The account as a row, with its final counters."""
        self._rows.waiting["ledger_account"].append((
            account.id, account.commodity_id, account.kind, account.ref, account.side, account.guarded, account.township_id,
            account.debits, account.credits,
        ))  # fmt: skip

    async def close(self, loader: Loader) -> None:
        """Writes every account that is left; those that were there before get their new counters."""
        for account in self._accounts.values():
            if account.is_new:
                self.write(account)
            else:
                await loader.run(
                    f"UPDATE ledger_account SET debits = {account.debits:d}, credits = {account.credits:d} WHERE id = {account.id:d}"
                )
