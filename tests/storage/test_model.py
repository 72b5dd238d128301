"""Random histories of lots against a plain model of them: after every step both say the same, and at the end all of it adds up."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from pepperchain.access.actor import SYSTEM
from pepperchain.core import db, migrating
from pepperchain.core.errors import Told
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.harvest.rules import forms
from pepperchain.ledger import books
from pepperchain.storage import (
    arrivals,
    blocks,
    consignments,
    conversions,
    doctor,
    lots,
    mergers,
    movements,
    rooms,
)
from pepperchain.storage.consignments import Load
from pepperchain.storage.conversions import Input, Output
from pepperchain.storage.rules import RoomKind
from tests.harness.pictures import EMPTY
from tests.storage.road import journey
from tests.storage.store import NOW, Store, open_store, room_facts

KG = st.integers(1, 60)
ANY = st.integers(0, 10**6)
SHARES = st.sampled_from([0, 10, 50, 100, 110])
GRADES = st.sampled_from(["grade_1", "grade_2", "oil_burst", "ungraded"])


@dataclass
class ModelLot:
    """What is known of a lot."""

    form: str
    grade: str
    room: int
    grams: int
    blocked: bool = False
    truck: UUID | None = None


@dataclass
class Step:
    """What a movement changed, so that taking it back changes it the other way."""

    grams: dict[int, int] = field(default_factory=dict)
    rooms: dict[int, tuple[int, int]] = field(default_factory=dict)
    blocked: dict[int, bool] = field(default_factory=dict)


class LotsModel(RuleBasedStateMachine):
    """Rooms of its own for each history; a share above a hundred asks for more than there is."""

    runner: asyncio.Runner
    store: Store
    histories = count(1)

    def __init__(self) -> None:
        super().__init__()
        self.lots: dict[int, ModelLot] = {}
        self.done: list[tuple[UUID, Step]] = []
        number = next(self.histories)
        self.rooms = [self._room(f"甲{number}"), self._room(f"乙{number}")]
        self.dry = self._room(f"干{number}", kind=RoomKind.DRY, forms=["dry"], set_point_decidegrees=None)
        self.far = self._room(f"远{number}", site_id=self.store.cold_site)
        self.trucks: dict[UUID, dict[int, tuple[int, int]]] = {}

    def run(self, work: Awaitable[Any]) -> Any:
        return self.runner.run(_of(work))

    def _room(self, name: str, site_id: int | None = None, **changes: Any) -> int:
        facts = room_facts(name, 10**10, **changes)
        entered = self.run(
            rooms.enter(
                SYSTEM, id=new_id(), site_id=site_id or self.store.register.site_a, facts=facts, now=NOW
            )
        )
        return int(entered.id)

    def _pick(self, which: int) -> tuple[int, ModelLot]:
        lot_id = list(self.lots)[which % len(self.lots)]
        return lot_id, self.lots[lot_id]

    def attempt(self, work: Awaitable[Any], *, allowed: bool) -> Any:
        if allowed:
            return self.run(work)
        with pytest.raises(Told):
            self.run(work)
        return None

    def _apply(self, id: UUID, step: Step) -> None:
        self.done.append((id, step))
        for lot_id, grams in step.grams.items():
            self.lots[lot_id].grams += grams
        for lot_id, (_, to) in step.rooms.items():
            self.lots[lot_id].room = to
        for lot_id, blocked in step.blocked.items():
            self.lots[lot_id].blocked = blocked

    def _new(self, lot_id: int, form: str, grade: str, room: int) -> None:
        self.lots[lot_id] = ModelLot(form, grade, room, 0)

    @rule(kg=KG, room=st.integers(0, 1), grade=st.sampled_from(["grade_1", "grade_2"]))
    def receive(self, kg: int, room: int, grade: str) -> None:
        slip = self.run(self.store.weigh(kg, grade=grade))
        done = self.run(
            lots.receive(self.store.leader, id=new_id(), room_id=self.rooms[room], slip_ids=[slip], now=NOW)
        )
        self._new(done.lot_id, "fresh", grade, self.rooms[room])
        self._apply(done.id, Step({done.lot_id: kg * 1000}))

    @precondition(lambda self: self.lots)
    @rule(which=ANY, room=st.integers(0, 1), share=SHARES)
    def move(self, which: int, room: int, share: int) -> None:
        lot_id, lot = self._pick(which)
        to, grams = self.rooms[room], lot.grams * share // 100
        fits = lot.form == "fresh" and to != lot.room
        done = self.attempt(
            lots.move(
                self.store.leader, id=new_id(), lot_id=lot_id, to_room_id=to, grams=Grams(grams), now=NOW
            ),
            allowed=not lot.blocked and fits and 0 < grams <= lot.grams,
        )
        if done is not None and grams == lot.grams:
            self._apply(done.id, Step(rooms={lot_id: (lot.room, to)}))
        elif done is not None:
            self._new(done.other_lot_id, lot.form, lot.grade, to)
            self._apply(done.id, Step({lot_id: -grams, done.other_lot_id: grams}))

    @precondition(lambda self: self.lots)
    @rule(which=ANY, share=SHARES)
    def split(self, which: int, share: int) -> None:
        lot_id, lot = self._pick(which)
        grams = lot.grams * share // 100
        done = self.attempt(
            lots.split(self.store.leader, id=new_id(), lot_id=lot_id, grams=Grams(grams), now=NOW),
            allowed=not lot.blocked and 0 < grams < lot.grams,
        )
        if done is not None:
            self._new(done.other_lot_id, lot.form, lot.grade, lot.room)
            self._apply(done.id, Step({lot_id: -grams, done.other_lot_id: grams}))

    @precondition(lambda self: self.lots)
    @rule(which=ANY, other=ANY)
    def merge(self, which: int, other: int) -> None:
        (into_id, into), (lot_id, lot) = self._pick(which), self._pick(other)
        same = (into.form, into.grade, into.room) == (lot.form, lot.grade, lot.room) and into_id != lot_id
        done = self.attempt(
            mergers.merge(self.store.leader, id=new_id(), lot_id=into_id, with_lots=[lot_id], now=NOW),
            allowed=same and not into.blocked and not lot.blocked and into.grams > 0 and lot.grams > 0,
        )
        if done is not None:
            self._apply(done.id, Step({into_id: lot.grams, lot_id: -lot.grams}))

    @precondition(lambda self: self.lots)
    @rule(which=ANY, other=ANY, share=SHARES, out=st.sampled_from([0, 20, 60, 120]))
    def process(self, which: int, other: int, share: int, out: int) -> None:
        (lot_id, lot), (more_id, more) = self._pick(which), self._pick(other)
        grams = lot.grams * share // 100
        given = {lot_id: grams} if more_id == lot_id else {lot_id: grams, more_id: more.grams}
        made = sum(given.values()) * out // 100
        able = all(
            each.form == "fresh"
            and not each.blocked
            and 0 < taken <= each.grams
            and self._near(each) == self._near(lot)
            for each, taken in zip((lot, more), given.values(), strict=False)
        )
        done = self.attempt(
            conversions.process(
                self.store.leader, id=new_id(), inputs=[Input(id, Grams(taken)) for id, taken in given.items()], form="dry",
                outputs=[Output("grade_1", Grams(made), self.dry)], reason="模型", now=NOW,
            ),
            allowed=able and 0 < made <= sum(given.values()),
        )  # fmt: skip
        if done is not None:
            self._new(done.other_lot_id, "dry", "grade_1", self.dry)
            self._apply(
                done.id, Step({**{id: -taken for id, taken in given.items()}, done.other_lot_id: made})
            )

    @precondition(lambda self: self.lots)
    @rule(which=ANY, share=SHARES, grade=GRADES)
    def regrade(self, which: int, share: int, grade: str) -> None:
        lot_id, lot = self._pick(which)
        grams = lot.grams * share // 100
        done = self.attempt(
            conversions.regrade(
                self.store.leader,
                id=new_id(),
                lot_id=lot_id,
                grade=grade,
                grams=Grams(grams),
                reason="模型",
                now=NOW,
            ),
            allowed=not lot.blocked
            and grade != lot.grade
            and grade in forms()[lot.form].grades
            and 0 < grams <= lot.grams,
        )
        if done is not None:
            self._new(done.other_lot_id, lot.form, grade, lot.room)
            self._apply(done.id, Step({lot_id: -grams, done.other_lot_id: grams}))

    @precondition(lambda self: self.lots)
    @rule(which=ANY)
    def block(self, which: int) -> None:
        lot_id, lot = self._pick(which)
        done = self.attempt(
            blocks.block(self.store.leader, id=new_id(), lot_id=lot_id, reason="模型", now=NOW),
            allowed=not lot.blocked and lot.grams > 0,
        )
        if done is not None:
            self._apply(done.id, Step(blocked={lot_id: True}))

    @precondition(lambda self: any(lot.blocked for lot in self.lots.values()))
    @rule(which=ANY)
    def release(self, which: int) -> None:
        blocked = [lot_id for lot_id, lot in self.lots.items() if lot.blocked]
        lot_id = blocked[which % len(blocked)]
        done = self.run(blocks.release(self.store.leader, id=new_id(), lot_id=lot_id, reason="模型", now=NOW))
        self._apply(done.id, Step(blocked={lot_id: False}))

    @precondition(lambda self: self.lots)
    @rule(which=ANY, share=SHARES)
    def issue_twice(self, which: int, share: int) -> None:
        lot_id, lot = self._pick(which)
        id, grams = new_id(), lot.grams * share // 100
        for _ in range(2):
            done = self.attempt(
                lots.issue(
                    self.store.leader, id=id, lot_id=lot_id, grams=Grams(grams), reason="模型", now=NOW
                ),
                allowed=not lot.blocked and 0 < grams <= lot.grams,
            )
        if done is not None:
            assert done.repeated
            self._apply(done.id, Step({lot_id: -grams}))

    @precondition(lambda self: self.lots)
    @rule(which=ANY, kg=KG)
    def adjust(self, which: int, kg: int) -> None:
        lot_id, lot = self._pick(which)
        done = self.attempt(
            lots.adjust(
                self.store.leader, id=new_id(), lot_id=lot_id, counted=Grams(kg * 900), reason="模型", now=NOW
            ),
            allowed=kg * 900 != lot.grams and lot.truck is None,
        )
        if done is not None:
            self._apply(done.id, Step({lot_id: kg * 900 - lot.grams}))

    def _near(self, lot: ModelLot) -> bool:
        return lot.room != self.far

    @precondition(lambda self: self.lots)
    @rule(which=ANY, share=SHARES)
    def send(self, which: int, share: int) -> None:
        lot_id, lot = self._pick(which)
        id, grams = new_id(), lot.grams * share // 100
        able = lot.form == "fresh" and self._near(lot) and not lot.blocked and 0 < grams <= lot.grams
        done = self.attempt(
            consignments.send(
                self.store.leader, id=id, loads=[Load(lot_id, Grams(grams))], journey=journey(self.store, to_room_id=self.far), now=NOW
            ),
            allowed=able,
        )  # fmt: skip
        if done is None:
            return
        lot.grams -= grams
        ((part_id,),) = self.run(
            db.tuples("SELECT lot_id FROM storage_consignment_lot WHERE consignment_id = :id", id=id)
        )
        if part_id != lot_id:
            self._new(part_id, lot.form, lot.grade, lot.room)
        self.lots[part_id].truck = id
        self.trucks[id] = {part_id: (lot.room, grams)}

    @precondition(lambda self: self.trucks)
    @rule(which=ANY, arrives=st.sampled_from([None, 0, 90, 100, 105]))
    def end(self, which: int, arrives: int | None) -> None:
        """None turns it back; else so much of each hundred arrives."""
        id = list(self.trucks)[which % len(self.trucks)]
        ((lot_id, (room, sent)),) = self.trucks.pop(id).items()
        if arrives is None:
            self.run(
                arrivals.turn_back(self.store.leader, id=new_id(), consignment_id=id, reason="模型", now=NOW)
            )
        else:
            self.run(
                arrivals.receive(
                    self.store.leader, id=new_id(), consignment_id=id, received={lot_id: Grams(sent * arrives // 100)}, reason="模型",
                    document="模型", now=NOW,
                )
            )  # fmt: skip
        lot = self.lots[lot_id]
        lot.truck, lot.room = None, room if arrives is None else self.far
        lot.grams = sent if arrives is None else sent * arrives // 100

    @precondition(lambda self: self.done)
    @rule(which=ANY)
    def reverse(self, which: int) -> None:
        """Which ones stand in the way of which is the verb's to say; what it grants is the exact mirror."""
        id, step = self.done[-1 - which % min(len(self.done), 6)]
        try:
            self.run(movements.reverse(self.store.leader, id=new_id(), of=id, reason="模型", now=NOW))
        except Told:
            return
        self.done.remove((id, step))
        for lot_id, grams in step.grams.items():
            self.lots[lot_id].grams -= grams
            assert self.lots[lot_id].grams >= 0
        for lot_id, (was, _) in step.rooms.items():
            self.lots[lot_id].room = was
        for lot_id, blocked in step.blocked.items():
            self.lots[lot_id].blocked = not blocked

    def teardown(self) -> None:
        rows = self.run(
            db.tuples(
                "SELECT id, room_id, on_hand_grams, block_id, consignment_id FROM storage_lot WHERE id IN :ids",
                ids=list(self.lots),
            )
        )
        there = {row[0]: (row[1], row[2], row[3] is not None, row[4] and str(row[4])) for row in rows}
        assert there == {
            id: (lot.room, lot.grams, lot.blocked, lot.truck and str(lot.truck))
            for id, lot in self.lots.items()
        }
        assert self.run(doctor.findings()) == []
        assert self.run(books.findings()) == []


async def _of(work: Awaitable[Any]) -> Any:
    return await work


@pytest.mark.slow
def test_random_histories_of_lots_agree_with_the_model(bench) -> None:
    """All histories share one database; doctor and books look at all of it after each."""
    with asyncio.Runner() as runner:
        url = runner.run(bench.url(EMPTY))
        runner.run(db.open(url, migrating.apps()))
        LotsModel.runner = runner
        LotsModel.store = runner.run(open_store())
        try:
            run_state_machine_as_test(
                LotsModel,
                settings=settings(
                    max_examples=40, stateful_step_count=25, deadline=None, derandomize=True,
                    suppress_health_check=list(HealthCheck),
                ),
            )  # fmt: skip
        finally:
            runner.run(db.close())
            runner.run(bench.forget(url))
