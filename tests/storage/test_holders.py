"""Whoever holds grams of a lot is asked to give way before a count is posted, and told of it afterwards."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import losses, lots, mergers, movements
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.rules import RoomKind
from tests.harvest.register import NOW
from tests.storage.store import Store

KG = 1000


@dataclass
class Diary:
    """A holder that writes down what it is told."""

    told: list[tuple[Any, ...]] = field(default_factory=list)

    async def yields(self, lot_ids: Collection[int]) -> Mapping[int, Grams]:
        return {lot_id: Grams(0) for lot_id in lot_ids}

    async def give_way(self, actor: Actor, lot: LotRow, lost: Grams, *, id: UUID, now: datetime) -> None:
        self.told.append(("give way", int(lost)))

    async def lost(
        self, actor: Actor, lot: LotRow, natural: Grams, *, id: UUID, reason: str, now: datetime
    ) -> None:
        self.told.append(("lost", int(natural), int(lot.on_hand_grams)))

    async def found(self, actor: Actor, lot: LotRow, *, id: UUID, now: datetime) -> None:
        self.told.append(("found", lot.id))

    async def taken_back(
        self, actor: Actor, lot: LotRow, *, of: UUID, id: UUID, reason: str, now: datetime
    ) -> None:
        self.told.append(("taken back", of))


async def test_less_is_told_before_and_after_and_more_afterwards(store: Store) -> None:
    lot, diary = await store.lot(500), Diary()
    less, more = new_id(), new_id()
    for id, kg in ((less, 499), (less, 499), (more, 501)):
        await lots.adjust(
            store.leader, id=id, lot_id=lot, counted=Grams(kg * KG), reason="盘点", now=NOW, holders=(diary,)
        )
    assert diary.told == [("give way", KG), ("lost", KG, 500 * KG), ("found", lot)]


async def test_of_a_loss_only_what_the_policy_allows_is_told_as_natural(store: Store) -> None:
    lot, diary = await store.lot(500), Diary()
    await losses.state_policy(
        store.leader, id=new_id(), form="fresh", kind=RoomKind.CHILLED, ppm_per_day=0, tolerance_ppm=1_000, valid_from=NOW.date(),
        reason="去年实测", now=NOW,
    )  # fmt: skip
    await lots.adjust(
        store.leader,
        id=new_id(),
        lot_id=lot,
        counted=Grams(498 * KG),
        reason="盘点",
        now=NOW,
        holders=(diary,),
    )
    assert diary.told == [("give way", 2 * KG), ("lost", KG // 2, 500 * KG)]


async def test_taking_a_count_back_is_the_other_way_round(store: Store) -> None:
    lot, diary = await store.lot(500), Diary()
    for kg in (490, 495):
        id = new_id()
        await lots.adjust(
            store.leader, id=id, lot_id=lot, counted=Grams(kg * KG), reason="盘点", now=NOW, holders=(diary,)
        )
        diary.told.clear()
        await movements.reverse(
            store.leader, id=movements.reversal_id(id), of=id, reason="称错了", now=NOW, holders=(diary,)
        )
        assert diary.told == [("taken back", id), ("found", lot)]
    id = new_id()
    await lots.adjust(store.leader, id=id, lot_id=lot, counted=Grams(510 * KG), reason="盘点", now=NOW)
    diary.told.clear()
    await movements.reverse(
        store.leader, id=movements.reversal_id(id), of=id, reason="称错了", now=NOW, holders=(diary,)
    )
    assert diary.told == [("give way", 10 * KG), ("found", lot)]


async def test_what_is_poured_in_or_comes_back_is_told(store: Store) -> None:
    lot, other, diary = await store.lot(30), await store.lot(20), Diary()
    done = await mergers.merge(
        store.clerk, id=new_id(), lot_id=lot, with_lots=[other], now=NOW, holders=(diary,)
    )
    assert diary.told == [("found", lot)]
    await movements.reverse(store.clerk, id=new_id(), of=done.id, reason="倒错了", now=NOW, holders=(diary,))
    assert diary.told[1:] == [("found", lot), ("found", other)]
