"""Random operations against a plain model of the books: after every step both say the same."""

import asyncio
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from pepperchain.access.actor import SYSTEM
from pepperchain.core import db, migrating
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.ids import new_id
from pepperchain.ledger import books, holds, queries, transactions
from pepperchain.ledger.rules import Leg
from tests.harness.pictures import EMPTY
from tests.ledger.books import BOOK, NOW, TODAY, opened

AMOUNTS = st.integers(1, 40)
NAMES = ("floor", "lot", "source")


class BooksModel(RuleBasedStateMachine):
    """What the books should say, kept in dictionaries: `source` may go below nothing, the others may not."""

    runner: asyncio.Runner
    histories = count(1)

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.at = self.run(opened(f"history {next(self.histories)}"))
        self.posted = dict.fromkeys(NAMES, 0)
        self.moves: list[tuple[UUID, str, str, int]] = []
        self.open_holds: dict[UUID, tuple[int, datetime]] = {}
        self.ended: list[UUID] = []

    def run(self, coroutine):
        return self.runner.run(coroutine)

    def _account(self, name: str) -> int:
        return int(getattr(self.at, name))

    def _balance(self, name: str):
        return self.run(queries.balance(self._account(name)))

    def _held(self) -> int:
        return sum(amount for amount, _ in self.open_holds.values())

    def _available(self, name: str) -> int:
        return self.posted[name] - (self._held() if name == "floor" else 0)

    def _expire_if_needed(self, taking: int) -> None:
        if self._available("floor") < taking:
            for id in [id for id, (_, until) in self.open_holds.items() if until <= self.now]:
                self.ended.append(id)
                del self.open_holds[id]

    def _apply(self, debit: str, credit: str, amount: int) -> None:
        # `source` gives on its credit side: what leaves it raises its balance.
        self.posted[debit] += -amount if debit == "source" else amount
        self.posted[credit] += amount if credit == "source" else -amount

    @rule(
        ways=st.sampled_from([("floor", "source"), ("lot", "floor"), ("floor", "lot"), ("source", "lot")]),
        amount=AMOUNTS,
    )
    def post(self, ways, amount: int) -> None:
        debit, credit = ways
        if credit == "floor":
            self._expire_if_needed(amount)
        enough = credit == "source" or self._available(credit) >= amount
        id = new_id()
        work = transactions.post(
            SYSTEM, id=id, kind="model", book=BOOK, legs=[Leg(self._account(debit), self._account(credit), amount)],
            effective_on=TODAY, now=self.now,
        )  # fmt: skip
        if not enough:
            with pytest.raises(Refused):
                self.run(work)
            return
        self.run(work)
        self._apply(debit, credit, amount)
        self.moves.append((id, debit, credit, amount))

    @precondition(lambda self: self.moves)
    @rule(which=st.integers(0, 10**6))
    def post_again(self, which: int) -> None:
        id, debit, credit, amount = self.moves[which % len(self.moves)]
        again = self.run(
            transactions.post(
                SYSTEM, id=id, kind="model", book=BOOK, legs=[Leg(self._account(debit), self._account(credit), amount)],
                effective_on=TODAY, now=self.now,
            )
        )  # fmt: skip
        assert again.repeated

    @precondition(lambda self: self.moves)
    @rule(which=st.integers(0, 10**6))
    def reverse(self, which: int) -> None:
        id, debit, credit, amount = self.moves.pop(which % len(self.moves))
        if debit == "floor":
            self._expire_if_needed(amount)
        work = transactions.reverse(
            SYSTEM, id=new_id(), of=id, effective_on=TODAY, reason="model", now=self.now
        )
        if debit != "source" and self._available(debit) < amount:
            with pytest.raises(Refused):
                self.run(work)
            self.moves.append((id, debit, credit, amount))
            return
        self.run(work)
        self._apply(credit, debit, amount)

    @rule(amount=AMOUNTS, seconds=st.integers(1, 60))
    def hold(self, amount: int, seconds: int) -> None:
        self._expire_if_needed(amount)
        id, until = new_id(), self.now + timedelta(seconds=seconds)
        work = holds.place(
            SYSTEM,
            id=id,
            debit=self.at.lot,
            credit=self.at.floor,
            amount=amount,
            purpose="model",
            expires_at=until,
            now=self.now,
        )
        if self._available("floor") < amount:
            with pytest.raises(Refused):
                self.run(work)
            return
        self.run(work)
        self.open_holds[id] = (amount, until)

    @precondition(lambda self: self.open_holds)
    @rule(share=st.integers(1, 120), which=st.integers(0, 10**6))
    def commit(self, share: int, which: int) -> None:
        id = list(self.open_holds)[which % len(self.open_holds)]
        held, until = self.open_holds[id]
        amount = max(held * share // 100, 1)
        work = holds.commit(
            SYSTEM,
            id=id,
            transaction_id=new_id(),
            amount=amount,
            kind="model",
            book=BOOK,
            effective_on=TODAY,
            now=self.now,
        )
        if until <= self.now or amount > held:
            with pytest.raises((Conflict, Refused)):
                self.run(work)
            return
        self.run(work)
        del self.open_holds[id]
        self.ended.append(id)
        self._apply("lot", "floor", amount)

    @precondition(lambda self: self.open_holds)
    @rule(which=st.integers(0, 10**6))
    def release(self, which: int) -> None:
        id = list(self.open_holds)[which % len(self.open_holds)]
        work = holds.release(SYSTEM, id=id, now=self.now)
        if self.open_holds[id][1] <= self.now:
            with pytest.raises(Conflict):
                self.run(work)
            return
        self.run(work)
        del self.open_holds[id]

    @precondition(lambda self: self.ended)
    @rule()
    def end_twice(self) -> None:
        with pytest.raises(Conflict):
            self.run(holds.release(SYSTEM, id=self.ended[-1], now=self.now))

    @rule(seconds=st.integers(1, 40))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def sweep(self) -> None:
        self.run(holds.expire_due(now=self.now))
        for id in [id for id, (_, until) in self.open_holds.items() if until <= self.now]:
            self.ended.append(id)
            del self.open_holds[id]

    def teardown(self) -> None:
        for name in NAMES:
            assert self._balance(name).posted == self.posted[name], name
        assert self._balance("floor").held == self._held()
        assert self.run(books.findings()) == []
        for id in list(self.open_holds):
            self.run(holds.expire_due(now=self.now + timedelta(days=1)))
            self.open_holds.pop(id)


@pytest.mark.slow
def test_two_hundred_random_histories_agree_with_the_model(bench) -> None:
    """All histories share one database, each with accounts of its own."""
    with asyncio.Runner() as runner:
        url = runner.run(bench.url(EMPTY))
        runner.run(db.open(url, migrating.apps()))
        BooksModel.runner = runner
        try:
            run_state_machine_as_test(
                BooksModel,
                settings=settings(
                    max_examples=200, stateful_step_count=30, deadline=None, derandomize=True,
                    suppress_health_check=list(HealthCheck),
                ),
            )  # fmt: skip
        finally:
            runner.run(db.close())
            runner.run(bench.forget(url))
