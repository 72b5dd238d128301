"""Random histories of the bank against a plain model of it: after every history both say the same, and all of it adds up."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pepperchain.access.actor import SYSTEM
from pepperchain.bank import (
    doctor,
    lending,
    losses,
    merging,
    orders,
    parting,
    pledges,
    sales,
    terms,
    withdrawals,
)
from pepperchain.bank.settlement_rules import Facts, settle
from pepperchain.bank.sharing_rules import shared
from pepperchain.core import db, migrating
from pepperchain.core.errors import Told
from pepperchain.core.ids import new_id
from pepperchain.core.units import Fen, Grams
from pepperchain.ledger import books
from pepperchain.storage import lots, movements, rooms
from pepperchain.storage.rules import RoomKind
from tests.bank.losing import depositors_bear
from tests.bank.pledging import MONTH, OVERDUE
from tests.bank.trading import money_balances, new_sale
from tests.bank.vault import DAY, NOW, TODAY, Vault, all_balances, open_vault
from tests.harness.pictures import EMPTY
from tests.storage.store import room_facts

KG = st.integers(1, 40)
ANY = st.integers(0, 10**6)
SHARES = st.sampled_from([0, 10, 50, 100, 110])
FLOOR = Fen(5_000)


@dataclass
class ModelReceipt:
    """What is known of a receipt, in grams."""

    free: int
    ordered: int = 0
    pledged: int = 0
    loss_left: int = 0
    heir: int | None = None

    @property
    def left(self) -> int:
        return self.free + self.ordered + self.pledged


@dataclass
class ModelOrder:
    """What waits to be sold; for a lender if there is a pledge."""

    receipt: int
    left: int
    pledge: UUID | None = None


@dataclass
class ModelPledge:
    """A loan, and what is locked for it."""

    receipt: int
    asked: int
    loan: int
    held: int = 0
    called: int = 0
    received: int = 0
    confirmed: bool = False


@dataclass
class ModelSale:
    """What a sale took out of each order, and what of it went to lenders."""

    parts: dict[UUID, int]
    lent: dict[UUID, int]


class BankModel(RuleBasedStateMachine):
    """A lot of its own for each history; a share above a hundred asks for more than there is."""

    runner: asyncio.Runner
    vault: Vault
    room: int
    ppm: int

    def __init__(self) -> None:
        super().__init__()
        self.receipts: dict[int, ModelReceipt] = {}
        self.orders: dict[UUID, ModelOrder] = {}
        self.pledges: dict[UUID, ModelPledge] = {}
        self.sales: dict[UUID, ModelSale] = {}
        self.counts: list[tuple[UUID, dict[int, int]]] = []

    def run(self, work: Awaitable[Any]) -> Any:
        return self.runner.run(_of(work))

    def attempt(self, work: Awaitable[Any], *, allowed: bool) -> Any:
        if allowed:
            return self.run(work)
        with pytest.raises(Told):
            self.run(work)
        return None

    @initialize(ppm=st.sampled_from([0, 1_000, 50_000]))
    def fill(self, ppm: int) -> None:
        store, self.ppm = self.vault.store, ppm
        self.run(depositors_bear(ppm))
        lot = self.run(store.lot(
            60, room_id=self.room, form="dry", grade="grade_1", picked_at=NOW - 2 * DAY, household_id=self.vault.zhang
        ))  # fmt: skip
        self.bank = replace(self.vault, lot_id=lot)

    def _pick(self, which: int) -> tuple[int, ModelReceipt]:
        id = list(self.receipts)[which % len(self.receipts)]
        return id, self.receipts[id]

    @rule(kg=KG)
    def deposit(self, kg: int) -> None:
        free = self.run(self.bank.free_of_lot())
        if kg * 1000 <= free:
            self.receipts[self.run(self.bank.deposit(kg)).id] = ModelReceipt(
                kg * 1000, loss_left=kg * 1000 * self.ppm // 10**6
            )
            return
        with pytest.raises(Told):
            self.run(self.bank.deposit(kg))

    @precondition(lambda self: self.receipts)
    @rule(which=ANY, share=SHARES)
    def order(self, which: int, share: int) -> None:
        id, receipt = self._pick(which)
        grams, order = receipt.free * share // 100, new_id()
        self.attempt(
            orders.place(self.bank.clerk, id=order, receipt_id=id, grams=Grams(grams), words="模型", now=NOW),
            allowed=0 < grams <= receipt.free,
        )
        if 0 < grams <= receipt.free:
            receipt.free -= grams
            receipt.ordered += grams
            self.orders[order] = ModelOrder(id, grams)

    @precondition(lambda self: self.orders)
    @rule(which=ANY)
    def cancel(self, which: int) -> None:
        id = list(self.orders)[which % len(self.orders)]
        order = self.orders[id]
        if order.pledge is not None:
            with pytest.raises(Told):
                self.run(orders.cancel(self.bank.clerk, id=id, now=NOW))
            return
        self.run(orders.cancel(self.bank.clerk, id=id, now=NOW))
        del self.orders[id]
        receipt = self.receipts[order.receipt]
        receipt.ordered -= order.left
        receipt.free += order.left

    @rule(grams=st.sampled_from([1, 300, 9_000]))
    def lose(self, grams: int) -> None:
        """Counting finds the lot lighter: depositors bear their part as far as tolerated, the operator owes the rest."""
        id = new_id()
        there = self.run(self.on_hand())
        if there <= 10_000:
            return
        self.run(self.count(id, there - grams))
        standing = {key: receipt for key, receipt in sorted(self.receipts.items()) if receipt.left}
        lefts = [receipt.left for receipt in standing.values()]
        borne: dict[int, int] = {}
        if lefts:
            shares = shared(grams, [max(there - sum(lefts), 0), *lefts])[1:]
            for (key, receipt), share in zip(standing.items(), shares, strict=True):
                borne[key] = min(share, receipt.loss_left, receipt.free)
                receipt.free -= borne[key]
                receipt.loss_left -= borne[key]
        self.counts.append((id, borne))

    @precondition(lambda self: self.counts)
    @rule(which=ANY)
    def find(self, which: int) -> None:
        """A count that was wrong is taken back: whoever stands for a receipt now has what it bore."""
        of, borne = self.counts.pop(which % len(self.counts))
        self.run(
            movements.reverse(
                self.bank.leader,
                id=movements.reversal_id(of),
                of=of,
                reason="模型",
                now=NOW,
                holders=(losses,),
            )
        )
        for id, grams in borne.items():
            heir = self.receipts[id]
            while grams and not heir.left and heir.heir is not None:
                heir = self.receipts[heir.heir]
            heir.free += grams
            heir.loss_left += grams

    @precondition(lambda self: any(any(borne.values()) for _, borne in self.counts))
    @rule(which=ANY)
    def hand_on(self, which: int) -> None:
        """What bore a loss is endorsed as a whole, so that another has to have it back."""
        bore = sorted({id for _, borne in self.counts for id, grams in borne.items() if grams})
        id = bore[which % len(bore)]
        if self.receipts[id].free:
            self.part(list(self.receipts).index(id), 100, True)

    async def on_hand(self) -> int:
        return await self.bank.store.on_hand(self.bank.lot_id)

    async def count(self, id: UUID, grams: int) -> None:
        await lots.adjust(
            self.bank.leader,
            id=id,
            lot_id=self.bank.lot_id,
            counted=Grams(grams),
            reason="模型",
            now=NOW,
            holders=(losses,),
        )

    @precondition(lambda self: self.receipts)
    @rule(which=ANY, share=SHARES)
    def take_out(self, which: int, share: int) -> None:
        id, receipt = self._pick(which)
        grams = receipt.free * share // 100
        allowed = 0 < grams <= min(receipt.free, self.run(self.on_hand()))
        self.attempt(
            withdrawals.take_out(
                self.bank.clerk, id=new_id(), receipt_id=id, grams=Grams(grams), reason="模型", now=NOW
            ),
            allowed=allowed,
        )
        if allowed:
            receipt.free -= grams
            receipt.heir = None

    @precondition(lambda self: self.receipts)
    @rule(which=ANY, share=SHARES, to_other=st.booleans())
    def part(self, which: int, share: int, to_other: bool) -> None:
        """Split, or endorsed to the other grower (who may have it already)."""
        id, receipt = self._pick(which)
        grams = receipt.free * share // 100
        if to_other:
            home = self.run(db.scalar("SELECT household_id FROM bank_receipt WHERE id = :id", id=id))
            taker = self.bank.li if home == self.bank.zhang else self.bank.zhang
            work = parting.endorse(
                self.bank.clerk, id=new_id(), receipt_id=id, to_household_id=taker, grams=Grams(grams), reason="模型", now=NOW
            )  # fmt: skip
            allowed = 0 < grams <= receipt.free
        else:
            work = parting.split(self.bank.clerk, id=new_id(), receipt_id=id, grams=Grams(grams), now=NOW)
            allowed = 0 < grams <= receipt.free and grams < receipt.left
        made = self.attempt(work, allowed=allowed)
        if allowed:
            along = receipt.loss_left * grams // receipt.left
            receipt.free -= grams
            receipt.loss_left -= along
            receipt.heir = None if receipt.left else made.id
            self.receipts[made.id] = ModelReceipt(grams, loss_left=along)

    @precondition(lambda self: len(self.receipts) > 2)
    @rule(which=ANY, other=ANY, third=ANY)
    def merge(self, which: int, other: int, third: int) -> None:
        """Two or three become one, if all of each is free and nobody asks for a loan on it."""
        ids = [self._pick(each)[0] for each in (which, other, third)]
        parts = [self.receipts[id] for id in ids]
        homes = self.run(
            db.scalar("SELECT COUNT(DISTINCT household_id) FROM bank_receipt WHERE id IN :ids", ids=ids)
        )
        asked = {
            pledge.receipt
            for pledge in self.pledges.values()
            if not pledge.confirmed or pledge.held or pledge.called
        }
        allowed = (
            len(set(ids)) == 3
            and homes == 1
            and not asked & set(ids)
            and all(receipt.free == receipt.left > 0 for receipt in parts)
        )
        made = self.attempt(
            merging.merge(self.bank.clerk, id=new_id(), receipt_id=ids[0], with_receipts=ids[1:], now=NOW),
            allowed=allowed,
        )
        if allowed:
            self.receipts[made.id] = ModelReceipt(
                sum(receipt.free for receipt in parts),
                loss_left=sum(receipt.loss_left for receipt in parts),
            )
            for receipt in parts:
                receipt.free, receipt.loss_left, receipt.heir = 0, 0, made.id

    @precondition(lambda self: self.receipts)
    @rule(which=ANY, share=SHARES, percent=st.sampled_from([1, 70, 71]))
    def ask(self, which: int, share: int, percent: int) -> None:
        id, receipt = self._pick(which)
        grams, pledge = receipt.free * share // 100, new_id()
        most = (2 * grams * FLOOR + 1000) // 2000 * 70 // 100
        loan = most if percent == 70 else (most + 1 if percent == 71 else 1)
        allowed = 0 < grams <= receipt.free and 0 < loan <= most
        home = self.run(db.scalar("SELECT household_id FROM bank_receipt WHERE id = :id", id=id))
        self.attempt(
            pledges.request(
                replace(self.bank.grower, household_id=home), id=pledge, receipt_id=id, grams=Grams(grams), lender_id=self.bank.bank_id,
                loan=Fen(loan), due_on=TODAY + MONTH, now=NOW,
            ),
            allowed=allowed,
        )  # fmt: skip
        if allowed:
            self.pledges[pledge] = ModelPledge(id, grams, loan)

    @precondition(lambda self: self.pledges)
    @rule(which=ANY)
    def confirm(self, which: int) -> None:
        id = list(self.pledges)[which % len(self.pledges)]
        pledge = self.pledges[id]
        receipt = self.receipts[pledge.receipt]
        is_over = pledge.confirmed and not pledge.held and not pledge.called
        allowed = not is_over and (pledge.confirmed or pledge.asked <= receipt.free)
        self.attempt(lending.confirm(self.bank.lender, id=id, now=NOW), allowed=allowed)
        if allowed and not pledge.confirmed:
            pledge.confirmed, pledge.held = True, pledge.asked
            receipt.free -= pledge.asked
            receipt.pledged += pledge.asked

    @precondition(lambda self: self.pledges)
    @rule(which=ANY, share=SHARES)
    def release(self, which: int, share: int) -> None:
        id = list(self.pledges)[which % len(self.pledges)]
        pledge = self.pledges[id]
        grams = pledge.held * share // 100
        allowed = 0 < grams <= pledge.held
        self.attempt(
            lending.release(self.bank.lender, id=new_id(), pledge_id=id, grams=Grams(grams), now=NOW),
            allowed=allowed,
        )
        if allowed:
            pledge.held -= grams
            self.receipts[pledge.receipt].pledged -= grams
            self.receipts[pledge.receipt].free += grams

    @precondition(lambda self: self.pledges)
    @rule(which=ANY, share=SHARES, is_overdue=st.booleans())
    def call(self, which: int, share: int, is_overdue: bool) -> None:
        id = list(self.pledges)[which % len(self.pledges)]
        pledge = self.pledges[id]
        grams, order = pledge.held * share // 100, new_id()
        allowed = is_overdue and not pledge.called and 0 < grams <= pledge.held
        self.attempt(
            lending.call(
                self.bank.lender, id=order, pledge_id=id, grams=Grams(grams), reason="模型", now=OVERDUE if is_overdue else NOW
            ),
            allowed=allowed,
        )  # fmt: skip
        if allowed:
            pledge.held -= grams
            pledge.called = grams
            self.receipts[pledge.receipt].pledged -= grams
            self.receipts[pledge.receipt].ordered += grams
            self.orders[order] = ModelOrder(pledge.receipt, grams, id)

    @precondition(lambda self: self.pledges)
    @rule(which=ANY)
    def uncall(self, which: int) -> None:
        id = list(self.pledges)[which % len(self.pledges)]
        self.run(lending.uncall(self.bank.lender, pledge_id=id, now=OVERDUE))
        self._uncalled(id)

    def _uncalled(self, id: UUID) -> None:
        pledge = self.pledges[id]
        for order_id, order in list(self.orders.items()):
            if order.pledge == id:
                del self.orders[order_id]
                self.receipts[order.receipt].ordered -= order.left
                self.receipts[order.receipt].pledged += order.left
                pledge.held += order.left
                pledge.called = 0

    @precondition(lambda self: self.orders)
    @rule(share=SHARES, price=st.sampled_from([4_200, 5_000, 6_100]))
    def sell(self, share: int, price: int) -> None:
        whole = sum(order.left for order in self.orders.values())
        grams, id = whole * share // 100, new_id()
        receipt = self.run(self.bank.receipt(next(iter(self.orders.values())).receipt))
        sale = replace(new_sale(self.bank, receipt, 0, price), grams=Grams(grams), sold_on=TODAY)
        allowed = 0 < grams <= min(whole, self.run(self.on_hand()))
        self.attempt(sales.sell(self.bank.leader, id=id, sale=sale, now=NOW), allowed=allowed)
        if allowed:
            self._sold(id, grams, price)

    def _sold(self, id: UUID, grams: int, price: int) -> None:
        # Who ordered first comes first; lenders order after the loans are overdue.
        waiting = sorted(self.orders.items(), key=lambda each: (each[1].pledge is not None, each[0]))
        made = ModelSale({}, {})
        for (order_id, order), some in zip(
            waiting, shared(grams, [order.left for _, order in waiting]), strict=True
        ):
            if not some:
                continue
            made.parts[order_id] = some
            order.left -= some
            self.receipts[order.receipt].ordered -= some
            self.receipts[order.receipt].heir = None
            if order.pledge is not None:
                facts = Facts(Grams(some), FLOOR, Fen(price), TODAY, TODAY)
                pledge = self.pledges[order.pledge]
                lent = min(pledge.loan - pledge.received, int(settle(terms.default(), facts).grower))
                pledge.received += lent
                pledge.called -= some
                made.lent[order.pledge] = lent
        self.orders = {key: order for key, order in self.orders.items() if order.left}
        self.sales[id] = made

    @precondition(lambda self: self.sales)
    @rule(which=ANY)
    def take_back(self, which: int) -> None:
        """A sale is taken back as long as nothing else stands in its way; what the verb grants is the exact mirror."""
        id = list(self.sales)[which % len(self.sales)]
        before = {key: (order.receipt, order.pledge) for key, order in self.orders.items()}
        try:
            self.run(sales.reverse(self.bank.leader, id=id, reason="模型", now=OVERDUE))
        except Told:
            return
        made = self.sales.pop(id)
        for order_id, some in made.parts.items():
            if order_id not in before:
                row = self.run(
                    db.tuples("SELECT receipt_id, pledge_id FROM bank_order WHERE id = :id", id=order_id)
                )
                self.orders[order_id] = ModelOrder(int(row[0][0]), 0, row[0][1] and UUID(str(row[0][1])))
            order = self.orders[order_id]
            order.left += some
            self.receipts[order.receipt].ordered += some
            if order.pledge is not None:
                self.pledges[order.pledge].called += some
                self.pledges[order.pledge].received -= made.lent[order.pledge]

    def teardown(self) -> None:
        rows = self.run(
            db.tuples(
                "SELECT id, free_grams, ordered_grams, pledged_grams, loss_left_grams FROM bank_receipt WHERE id IN :ids",
                ids=list(self.receipts) or [0],
            )
        )
        assert {row[0]: tuple(row[1:]) for row in rows} == {
            id: (receipt.free, receipt.ordered, receipt.pledged, receipt.loss_left)
            for id, receipt in self.receipts.items()
        }
        held = {id: (pledge.held, pledge.called, pledge.received) for id, pledge in self.pledges.items()}
        for id, said in held.items():
            there = self.run(
                db.tuples(
                    "SELECT held_grams, called_grams, received_fen FROM bank_pledge WHERE id = :id", id=id
                )
            )
            assert tuple(there[0]) == said
        for check in (all_balances(is_light=True), money_balances()):
            self.run(check)
        assert self.run(doctor.findings()) == []
        assert self.run(books.findings()) == []
        # The next history has the site to itself.
        for id in self.pledges:
            self.run(lending.uncall(self.bank.lender, pledge_id=id, now=OVERDUE))
        for order_id, order in self.orders.items():
            if order.pledge is None:
                self.run(orders.cancel(self.bank.clerk, id=order_id, now=NOW))


async def _large_room(vault: Vault) -> int:
    facts = room_facts("大库", 10**10, kind=RoomKind.DRY, forms=["dry"], set_point_decidegrees=None)
    site = vault.store.register.site_a
    return (await rooms.enter(SYSTEM, id=new_id(), site_id=site, facts=facts, now=NOW)).id


async def _of(work: Awaitable[Any]) -> Any:
    return await work


@pytest.mark.slow
def test_random_histories_of_the_bank_agree_with_the_model(bench) -> None:
    """All histories share one database; doctor and books look at all of it after each."""
    with asyncio.Runner() as runner:
        url = runner.run(bench.url(EMPTY))
        runner.run(db.open(url, migrating.apps()))
        BankModel.runner = runner
        BankModel.vault = runner.run(open_vault())
        runner.run(BankModel.vault.deposit(1))
        BankModel.room = runner.run(_large_room(BankModel.vault))
        try:
            run_state_machine_as_test(
                BankModel,
                settings=settings(
                    max_examples=80, stateful_step_count=40, deadline=None, derandomize=True,
                    suppress_health_check=list(HealthCheck),
                ),
            )  # fmt: skip
        finally:
            runner.run(db.close())
            runner.run(bench.forget(url))
