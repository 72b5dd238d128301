"""Random histories of one room's space against a plain model with a clock of its own: who is offered what and when, and never too much."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.core import clock, db, migrating
from pepperchain.core.errors import Told
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import bookings, queries, rooms, waiting, waiting_queries
from pepperchain.storage.rules import Purpose, WaitState, planning
from tests.harness.pictures import EMPTY
from tests.storage.store import NOW, Store, open_store, room_facts

CAPACITY = 100
KG = st.integers(1, 110)
ANY = st.integers(0, 10**6)


@dataclass
class Waits:
    """What is known of somebody who waits; `until` while something is offered."""

    who: Actor
    kg: int
    state: WaitState
    until: datetime | None = None


class SpaceModel(RuleBasedStateMachine):
    """One room of a hundred kilograms, one day, two cooperatives; times go on by minutes and stay within the day."""

    runner: asyncio.Runner
    store: Store
    histories = count(1)

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.day = clock.local_day(NOW)
        self.booked: dict[UUID, tuple[Actor, int]] = {}
        self.waits: dict[UUID, Waits] = {}
        facts = room_facts(f"候{next(self.histories)}", CAPACITY * 1000, purpose=Purpose.PUBLIC_BENEFIT)
        self.room = self.run(
            rooms.enter(SYSTEM, id=new_id(), site_id=self.store.register.site_b, facts=facts, now=NOW)
        ).id

    def run(self, work: Awaitable[Any]) -> Any:
        return self.runner.run(_of(work))

    def attempt(self, work: Awaitable[Any], *, allowed: bool) -> None:
        if allowed:
            self.run(work)
            return
        with pytest.raises(Told):
            self.run(work)

    def _who(self, which: int) -> Actor:
        return (self.store.clerk, self.store.leader_b)[which % 2]

    def _free(self) -> int:
        offered = sum(each.kg for each in self.waits.values() if each.state is WaitState.OFFERED)
        return CAPACITY - sum(kg for _, kg in self.booked.values()) - offered

    def _settle(self) -> None:
        """What runs out ends; then who asked first and fits is offered what is free."""
        for each in self.waits.values():
            if each.state is WaitState.OFFERED and each.until is not None and each.until <= self.now:
                each.state = WaitState.LAPSED
        for each in self.waits.values():
            if each.state is WaitState.WAITING and each.kg <= self._free():
                each.state, each.until = (
                    WaitState.OFFERED,
                    self.now + timedelta(minutes=planning().offer_minutes),
                )

    def _tick(self) -> None:
        self.now += timedelta(seconds=1)

    @rule(who=ANY, kg=KG)
    def ask(self, who: int, kg: int) -> None:
        id, actor = new_id(), self._who(who)
        self._tick()
        self.attempt(
            waiting.ask(
                actor, id=id, room_id=self.room, form="fresh", grams=Grams(kg * 1000), from_on=self.day, to_on=self.day, now=self.now
            ),
            allowed=kg <= CAPACITY,
        )  # fmt: skip
        if kg <= CAPACITY:
            fits = kg <= self._free()
            self.waits[id] = Waits(actor, kg, WaitState.WAITING)
            if fits:
                for each in self.waits.values():
                    if each.state is WaitState.WAITING and each.kg <= self._free():
                        each.state = WaitState.OFFERED
                        each.until = self.now + timedelta(minutes=planning().offer_minutes)

    @rule(who=ANY, kg=KG)
    def book(self, who: int, kg: int) -> None:
        id, actor = new_id(), self._who(who)
        self._tick()
        before = {key: (each.state, each.until) for key, each in self.waits.items()}
        self._settle()
        fits = kg <= self._free()
        self.attempt(
            bookings.place(
                actor, id=id, room_id=self.room, form="fresh", grams=Grams(kg * 1000), from_on=self.day, to_on=self.day, now=self.now
            ),
            allowed=fits,
        )  # fmt: skip
        if fits:
            self.booked[id] = (actor, kg)
        else:
            for key, (state, until) in before.items():
                self.waits[key].state, self.waits[key].until = state, until

    @precondition(lambda self: self.booked)
    @rule(which=ANY)
    def release(self, which: int) -> None:
        id = list(self.booked)[which % len(self.booked)]
        actor, _ = self.booked.pop(id)
        self._tick()
        self.run(bookings.release(actor, id=id, now=self.now))
        self._settle()

    @precondition(lambda self: self.waits)
    @rule(which=ANY, stranger=st.booleans())
    def accept(self, which: int, stranger: bool) -> None:
        id = list(self.waits)[which % len(self.waits)]
        each = self.waits[id]
        own = each.who if not stranger else self._other(each.who)
        held = each.state is WaitState.OFFERED and each.until is not None and self.now < each.until
        self.attempt(
            waiting.accept(own, id=id, now=self.now),
            allowed=not stranger and (held or each.state is WaitState.ACCEPTED),
        )
        if held and not stranger:
            each.state = WaitState.ACCEPTED
            row = self.run(waiting_queries.wait(each.who, id))
            self.booked[UUID(row.booking_id)] = (each.who, each.kg)

    def _other(self, who: Actor) -> Actor:
        return self.store.leader_b if who == self.store.clerk else self.store.clerk

    @precondition(lambda self: self.waits)
    @rule(which=ANY)
    def withdraw(self, which: int) -> None:
        id = list(self.waits)[which % len(self.waits)]
        each = self.waits[id]
        self._tick()
        self.run(waiting.withdraw(each.who, id=id, now=self.now))
        was_offered = each.state is WaitState.OFFERED
        if each.state in (WaitState.WAITING, WaitState.OFFERED):
            each.state = WaitState.WITHDRAWN
        if was_offered:
            self._settle()

    @rule(minutes=st.integers(0, 60))
    def time_goes_by(self, minutes: int) -> None:
        end = clock.at_local(self.day, 23)
        self.now = min(self.now + timedelta(minutes=minutes), end)
        self.run(waiting.run(now=self.now))
        self._settle()

    @invariant()
    def both_say_the_same(self) -> None:
        for id, each in self.waits.items():
            row = self.run(waiting_queries.wait(each.who, id))
            assert row.state is each.state, (row.state, each)
        (day,) = self.run(self._days())
        assert day.booked_grams <= CAPACITY * 1000
        assert day.free_grams == self._free() * 1000

    async def _days(self) -> Any:
        return await queries.days(await queries.room_unscoped(self.room), self.day, self.day)


async def _of(work: Awaitable[Any]) -> Any:
    return await work


@pytest.mark.slow
def test_space_is_promised_once_in_the_order_of_asking_whatever_happens(bench) -> None:
    with asyncio.Runner() as runner:
        url = runner.run(bench.url(EMPTY))
        runner.run(db.open(url, migrating.apps()))
        try:
            SpaceModel.runner, SpaceModel.store = runner, runner.run(open_store())
            run_state_machine_as_test(
                SpaceModel,
                settings=settings(
                    max_examples=20,
                    derandomize=True,
                    stateful_step_count=25,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(db.close())
            runner.run(bench.forget(url))
