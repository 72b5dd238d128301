"""Processing and regrading: what goes in comes out, or is written down as what else became of it."""

import asyncio
from typing import Any

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.ledger import books
from pepperchain.storage import blocks, conversions, lot_queries, lots, mergers, movements, trace_queries
from pepperchain.storage.conversions import Input, Output
from tests.storage.store import HOUR, NOW, Store, all_fits


async def dry(store: Store, lot_id: int, kg: int = 10, **changes: Any) -> Any:
    """A lot of 50 kg that gave so many of dry pepper."""
    given = {
        "id": new_id(), "inputs": [Input(lot_id)], "form": "dry", "outputs": [Output("grade_1", Grams(kg * 1000), store.dry)],
        "now": NOW,
    }  # fmt: skip
    return await conversions.process(store.clerk, **{**given, **changes})


async def posted(kind: str) -> int:
    found = await db.scalar("SELECT SUM(debits - credits) FROM ledger_account WHERE kind = :kind", kind=kind)
    return int(found or 0)


async def test_fresh_pepper_is_dried_with_seed_waste_and_loss_written_down(store: Store) -> None:
    lot_id = await store.lot(50)
    done = await dry(store, lot_id, seed=Grams(5_000), waste=Grams(1_000))
    made = await lot_queries.lot(store.clerk, done.other_lot_id)
    assert (made.form, made.grade, made.on_hand_grams, made.room_id) == ("dry", "grade_1", 10_000, store.dry)
    assert (await posted("seed"), await posted("waste"), await posted("processing_loss")) == (
        5_000,
        1_000,
        34_000,
    )
    assert await posted("conversion") == 0
    assert (await store.on_hand(lot_id), await store.stock(store.chilled), await store.stock(store.dry)) == (
        0,
        0,
        10_000,
    )
    await all_fits()
    assert await books.findings() == []


async def test_the_clock_of_the_new_form_begins_when_it_is_made(store: Store) -> None:
    lot_id = await store.lot(50, picked_at=NOW - 6 * HOUR)
    made = await lot_queries.lot(store.clerk, (await dry(store, lot_id, now=NOW + HOUR)).other_lot_id)
    assert (made.picked_at, made.made_at) == (NOW - 6 * HOUR, NOW + HOUR)
    assert made.fresh_until == NOW + HOUR + 4_320 * HOUR
    assert made.keeps_until == NOW + HOUR + 8_760 * HOUR


@pytest.mark.parametrize(("kg", "reason"), [(51, None), (51, "重新称过"), (45, None), (3, None)])
async def test_more_out_than_in_is_refused_and_an_unusual_yield_asks_why(
    store: Store, kg: int, reason: str | None
) -> None:
    lot_id = await store.lot(50)
    with pytest.raises(Refused):
        await dry(store, lot_id, kg, reason=reason)
    assert await store.on_hand(lot_id) == 50_000
    await all_fits()


async def test_an_unusual_yield_is_taken_with_its_reason(store: Store) -> None:
    done = await dry(store, await store.lot(50), 20, reason="半干的")
    assert (await lot_queries.lot(store.clerk, done.other_lot_id)).on_hand_grams == 20_000
    await all_fits()


async def test_several_grades_go_in_and_come_out_in_one_go(store: Store) -> None:
    first, second = await store.lot(50), await store.lot(30, grade="grade_2")
    done = await dry(
        store, first, inputs=[Input(first, Grams(40_000)), Input(second)], seed=Grams(9_000), waste=Grams(1_000),
        outputs=[Output("grade_1", Grams(9_000), store.dry), Output("grade_2", Grams(5_000), store.dry)],
    )  # fmt: skip
    assert done.grams == 70_000
    assert await store.on_hand(first) == 10_000
    assert await posted("conversion") == 0
    assert await books.findings() == []
    await all_fits()
    made = await trace_queries.made_into(store.clerk, second)
    assert [lot.grade for lot in made] == ["grade_1", "grade_2"]
    assert set(await trace_queries.ancestors(made[0].id)) == {made[0].id, first, second}
    origin = await trace_queries.origin(await trace_queries.ancestors(made[1].id))
    assert origin is not None
    assert (origin.slips, origin.net_grams) == (2, 80_000)


async def test_what_was_processed_is_taken_back_while_nothing_was_done_with_it(store: Store) -> None:
    lot_id = await store.lot(50)
    done = await dry(store, lot_id, seed=Grams(2_000))
    issued = await lots.issue(
        store.clerk, id=new_id(), lot_id=done.other_lot_id, grams=Grams(1), reason="样品", now=NOW
    )
    with pytest.raises(Refused, match="moved on"):
        await movements.reverse(store.clerk, id=new_id(), of=done.id, reason="错了", now=NOW)
    await movements.reverse(store.clerk, id=new_id(), of=issued.id, reason="没要", now=NOW)
    await movements.reverse(store.clerk, id=new_id(), of=done.id, reason="错了", now=NOW)
    assert (await store.on_hand(lot_id), await store.stock(store.dry)) == (50_000, 0)
    assert await trace_queries.made_into(store.clerk, lot_id) == []
    assert await posted("seed") == 0
    await all_fits()


async def test_the_same_processing_twice_is_one_and_another_content_a_conflict(store: Store) -> None:
    lot_id, request = await store.lot(50), new_id()
    first = await dry(store, lot_id, id=request)
    again = await dry(store, lot_id, id=request)
    assert (again.repeated, again.other_lot_id) == (True, first.other_lot_id)
    with pytest.raises(Conflict):
        await dry(store, lot_id, 9, id=request)


async def test_what_does_not_belong_together_is_processed_apart(store: Store) -> None:
    lot_id, early = await store.lot(50), await store.lot(20, cultivar="jiuyeqing_early")
    moved = await store.lot(20, room_id=store.cold)
    for inputs in (
        [Input(lot_id), Input(early)],
        [Input(lot_id), Input(moved)],
        [Input(lot_id), Input(lot_id)],
        [],
    ):
        with pytest.raises(Refused):
            await dry(store, lot_id, inputs=inputs)
    wrong: tuple[dict[str, Any], ...] = (
        {"form": "fresh"},
        {"outputs": []},
        {"outputs": [Output("grade_3", Grams(10_000), store.dry)]},
        {"outputs": [Output("grade_1", Grams(10_000), store.chilled)]},
        {"outputs": [Output("grade_1", Grams(0), store.dry)]},
        {"seed": Grams(-1)},
    )
    for changes in wrong:
        with pytest.raises(Refused):
            await dry(store, lot_id, **changes)
    assert await posted("conversion") == 0
    await all_fits()


async def test_what_is_dry_is_not_processed_further(store: Store) -> None:
    done = await dry(store, await store.lot(50))
    with pytest.raises(Refused):
        await dry(store, done.other_lot_id, 2, form="preserved_fresh", reason="试试")


async def test_the_lots_of_others_and_blocked_ones_are_not_processed(store: Store) -> None:
    lot_id = await store.lot(50)
    with pytest.raises(Missing):
        await conversions.process(
            store.leader_b, id=new_id(), inputs=[Input(lot_id)], form="dry",
            outputs=[Output("grade_1", Grams(10_000), store.of_b)], now=NOW,
        )  # fmt: skip
    await blocks.block(store.clerk, id=new_id(), lot_id=lot_id, reason="待检", now=NOW)
    with pytest.raises(Refused, match="blocked"):
        await dry(store, lot_id)


async def test_of_two_who_process_the_same_lot_at_once_one_does(store: Store) -> None:
    lot_id = await store.lot(50)
    outcomes = await asyncio.gather(
        *(dry(store, lot_id) for _ in range(3)),
        lots.move(store.clerk, id=new_id(), lot_id=lot_id, to_room_id=store.cold, now=NOW),
        return_exceptions=True,
    )
    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) in (1, 2)
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) >= 2
    await all_fits()
    assert await posted("conversion") == 0


async def test_a_part_gets_another_grade_in_the_same_room_with_the_same_clock(store: Store) -> None:
    lot_id, request = await store.lot(50), new_id()
    for _ in range(2):
        done = await conversions.regrade(
            store.clerk,
            id=request,
            lot_id=lot_id,
            grade="oil_burst",
            grams=Grams(8_000),
            reason="油胞破裂",
            now=NOW,
        )
    assert done.repeated
    assert done.other_lot_id is not None
    old, new = (
        await lot_queries.lot(store.clerk, lot_id),
        await lot_queries.lot(store.clerk, done.other_lot_id),
    )
    assert (new.grade, new.on_hand_grams, old.on_hand_grams) == ("oil_burst", 8_000, 42_000)
    assert (new.picked_at, new.fresh_until, new.room_id) == (old.picked_at, old.fresh_until, old.room_id)
    assert await store.stock(store.chilled) == 50_000
    await all_fits()
    await movements.reverse(store.clerk, id=new_id(), of=request, reason="看错了", now=NOW)
    assert (await store.on_hand(lot_id), await store.on_hand(new.id)) == (50_000, 0)
    await all_fits()


async def test_a_grade_that_it_has_or_cannot_have_is_refused(store: Store) -> None:
    lot_id = await store.lot(50)
    for grade in ("grade_1", "ungraded", "nonsense"):
        with pytest.raises(Refused):
            await conversions.regrade(
                store.clerk, id=new_id(), lot_id=lot_id, grade=grade, reason="看错", now=NOW
            )
    with pytest.raises(Refused):
        await conversions.regrade(
            store.clerk, id=new_id(), lot_id=lot_id, grade="grade_2", reason=" ", now=NOW
        )


async def test_what_was_made_and_then_merged_is_taken_back_in_that_order(store: Store) -> None:
    first, second = await store.lot(50), await store.lot(50)
    one, other = await dry(store, first), await dry(store, second)
    poured = await mergers.merge(
        store.clerk, id=new_id(), lot_id=one.other_lot_id, with_lots=[other.other_lot_id], now=NOW
    )
    for of in (one.id, other.id):
        with pytest.raises(Refused, match="moved on"):
            await movements.reverse(store.clerk, id=new_id(), of=of, reason="错了", now=NOW)
    for of in (poured.id, one.id, other.id):
        await movements.reverse(store.clerk, id=new_id(), of=of, reason="错了", now=NOW)
        await all_fits()
    assert (await store.on_hand(first), await store.on_hand(second)) == (50_000, 50_000)
