"""A small bank: the rooms of storage's tests, half a tonne of dry pepper of cooperative A in them, and a price of the day."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.policy import Role
from pepperchain.bank import deposits, prices, receipt_queries
from pepperchain.bank.deposits import Share
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from tests.harvest.register import NOW, TODAY
from tests.storage.store import Store, all_fits, open_store

__all__ = ["NOW", "TODAY", "Vault", "all_balances", "open_vault"]

DAY = timedelta(days=1)
PRICE = Fen(5_000)


@dataclass(frozen=True, slots=True)
class Vault:
    """The bank by what it is for the tests: a lot of A's dry pepper, A's people, the two growers."""

    store: Store
    lot_id: int
    bank_id: int

    @property
    def clerk(self) -> Actor:
        return replace(self.store.clerk, user_id=11)

    @property
    def leader(self) -> Actor:
        return replace(self.store.leader, user_id=12)

    @property
    def leader_b(self) -> Actor:
        return replace(self.store.leader_b, user_id=14)

    @property
    def committee(self) -> Actor:
        return replace(self.store.register.actor(Role.COMMITTEE), user_id=13)

    @property
    def grower(self) -> Actor:
        return replace(
            self.store.register.actor(Role.GROWER, household_id=self.store.register.zhang.household_id),
            user_id=15,
        )

    @property
    def lender(self) -> Actor:
        """Whoever lends on receipts; the bank is entered by `open_vault`."""
        return replace(self.store.register.actor(Role.LENDER, organization_id=self.bank_id), user_id=16)

    @property
    def zhang(self) -> int:
        return self.store.register.zhang.household_id

    @property
    def li(self) -> int:
        return self.store.register.li.household_id

    async def deposit(
        self,
        kg: int = 100,
        *,
        household_id: int | None = None,
        now: datetime = NOW,
        actor: Actor | None = None,
        **changes: Any,
    ) -> ReceiptRow:
        """A receipt of Zhang's for so many kilograms, unless changed."""
        share = Share(household_id or self.zhang, Grams(kg * 1000))
        entered = await deposits.take(
            actor or self.clerk, id=new_id(), lot_id=self.lot_id, share=share, now=now, **changes
        )
        return await receipt_queries.receipt(self.clerk, entered.id)

    def at_lot(self, lot_id: int) -> "Vault":
        """The same bank, with deposits out of another lot."""
        return replace(self, lot_id=lot_id)

    async def receipt(self, id: int) -> ReceiptRow:
        return await receipt_queries.receipt_unscoped(id)

    async def priced(self, fen: int, *, on: date = TODAY) -> None:
        """A word about the price of a day; the last one counts."""
        await prices.enter(
            SYSTEM,
            id=new_id(),
            form="dry",
            grade="grade_1",
            priced_on=on,
            fen_per_kg=Fen(fen),
            now=NOW + 400 * DAY,
        )

    async def free_of_lot(self) -> int:
        return int(await db.scalar("SELECT free_grams FROM storage_lot WHERE id = :id", id=self.lot_id))


async def open_vault() -> Vault:
    """Writes all of it into an empty database."""
    store = await open_store()
    lot_id = await store.lot(
        500, room_id=store.dry, form="dry", grade="grade_1", picked_at=NOW - 2 * DAY, household_id=store.register.zhang.household_id
    )  # fmt: skip
    vault = Vault(store, lot_id, await _bank(store.register.townships[0]))
    await vault.priced(PRICE)
    return vault


@db.unit_of_work
async def _bank(township_id: int) -> int:
    return await db.insert_id(
        "directory_organization", kind="bank", name="江津农村商业银行", short_name="农商行", pinyin="n", initials="n",
        township_id=township_id, created_at=NOW,
    )  # fmt: skip


async def all_balances(*, is_light: bool = False) -> None:
    """Every gram that a site keeps for others is somebody's claim, held of its lot; storage's own books fit too.

    Of a lot that was found light, less is held than claimed.
    """
    await all_fits()
    kept = await db.scalar(
        "SELECT COALESCE(SUM(debits - credits), 0) FROM ledger_account WHERE kind = 'bank_custody'"
    )
    claimed = await db.scalar(
        "SELECT COALESCE(SUM(credits - debits), 0) FROM ledger_account"
        " WHERE kind IN ('bank_claim', 'bank_ordered', 'bank_pledged')"
    )
    on_receipts = await db.scalar(
        "SELECT COALESCE(SUM(free_grams + ordered_grams + pledged_grams), 0) FROM bank_receipt"
    )
    held = await db.scalar(
        "SELECT COALESCE(SUM(h.amount), 0) FROM ledger_hold h LEFT JOIN ledger_hold_outcome o ON o.hold_id = h.id"
        " WHERE h.purpose = 'bank' AND o.outcome IS NULL"
    )
    assert kept == claimed == on_receipts, (kept, claimed, on_receipts)
    assert held == claimed or (is_light and held < claimed), (held, claimed)
