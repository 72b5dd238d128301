"""The engine fails in the middle of a verb, at every stage of it in turn: the database is then exactly as it was before."""

from datetime import timedelta
from uuid import UUID

import pytest

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Centimu, Grams
from pepperchain.directory import households, people, plots
from pepperchain.directory.people import Particulars
from pepperchain.directory.plots import Orchard
from pepperchain.harvest import weighins
from pepperchain.storage import (
    arrivals,
    blocks,
    consignments,
    conversions,
    lots,
    mergers,
    movements,
    receipt_queries,
    receipts,
)
from pepperchain.storage.consignment_rules import Vehicle
from pepperchain.storage.consignments import Journey, Load
from pepperchain.storage.conversions import Input, Output
from pepperchain.storage.stock import Done
from tests.harness import cast
from tests.harness.faults import fails_cleanly_everywhere

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]


async def own(actor: Actor, sql: str) -> int:
    return int(await db.scalar(sql, organization=actor.organization_id))


async def test_a_weigh_in_is_whole_or_not_there(village: str) -> None:
    actor, now = await cast.actor(cast.CLERK_A), clock.now()
    site = await own(
        actor,
        "SELECT MIN(id) FROM directory_site WHERE operator_id = :organization AND kind = 'collecting_point'",
    )
    household = await own(
        actor, "SELECT MIN(id) FROM directory_household WHERE cooperative_id = :organization"
    )
    plot = await db.scalar("SELECT MIN(id) FROM directory_plot WHERE household_id = :id", id=household)
    id = new_id()

    async def verb() -> object:
        return await weighins.record(
            actor, id=id, site_id=site, household_id=household, plot_id=plot, form="fresh", grade="grade_1",
            cultivar="jiuyeqing", gross=Grams(52_300), tare=Grams(2_100), picked_at=now - timedelta(hours=2), now=now,
        )  # fmt: skip

    await fails_cleanly_everywhere(verb)


async def test_a_void_is_whole_or_not_there(village: str) -> None:
    actor, now = await cast.actor(cast.CLERK_A), clock.now()
    slip = await db.scalar(
        "SELECT id FROM harvest_weighin WHERE cooperative_id = :id AND lot_id IS NULL AND voided_at IS NULL ORDER BY id DESC LIMIT 1",
        id=actor.organization_id,
    )
    id = new_id()
    await fails_cleanly_everywhere(
        lambda: weighins.void(actor, id=id, of=slip, reason="weighed twice", now=now)
    )


async def test_receiving_into_a_room_is_whole_or_not_there(village: str) -> None:
    actor, now = await cast.actor(cast.LEADER_A), clock.now()
    heap = next(heap for heap in await receipt_queries.heaps(actor) if heap.form == "fresh")
    room = await db.scalar(
        "SELECT id FROM storage_room WHERE operator_id = :id AND forms LIKE '%fresh%' AND closed_on IS NULL"
        " ORDER BY capacity_grams - stock_grams DESC LIMIT 1",
        id=actor.organization_id,
    )
    id = new_id()
    await fails_cleanly_everywhere(
        lambda: receipts.receive(
            actor, id=id, room_id=room, site_id=heap.site.id, product_id=heap.product_id, now=now
        )
    )


async def test_issuing_part_of_a_lot_is_whole_or_not_there(village: str) -> None:
    actor, now = await cast.actor(cast.LEADER_A), clock.now()
    lot = await own(
        actor,
        "SELECT l.id FROM storage_lot l JOIN storage_room r ON r.id = l.room_id WHERE l.cooperative_id = :organization"
        " AND r.operator_id = :organization AND l.free_grams > 10000 LIMIT 1",
    )
    id = new_id()
    await fails_cleanly_everywhere(
        lambda: lots.issue(actor, id=id, lot_id=lot, reason="to the dryer", grams=Grams(1_000), now=now)
    )


async def _own_lot(actor: Actor) -> int:
    return await own(
        actor,
        "SELECT l.id FROM storage_lot l WHERE l.cooperative_id = :organization AND l.operator_id = :organization"
        " AND l.form = 'fresh' AND l.free_grams > 10000 ORDER BY l.id LIMIT 1",
    )


async def _dried(actor: Actor, id: UUID, lot: int) -> Done:
    room = await own(
        actor, "SELECT MIN(id) FROM storage_room WHERE operator_id = :organization AND forms LIKE '%dry%'"
    )
    return await conversions.process(
        actor, id=id, inputs=[Input(lot, Grams(10_000))], form="dry", outputs=[Output("grade_1", Grams(2_000), room)],
        seed=Grams(100), waste=Grams(100), now=clock.now(),
    )  # fmt: skip


async def test_processing_and_taking_it_back_is_whole_or_not_there(village: str) -> None:
    actor = await cast.actor(cast.LEADER_A)
    lot, id = await _own_lot(actor), new_id()
    await fails_cleanly_everywhere(lambda: _dried(actor, id, lot))
    undo = new_id()
    await fails_cleanly_everywhere(
        lambda: movements.reverse(actor, id=undo, of=id, reason="weighed wrongly", now=clock.now())
    )


async def test_splitting_and_merging_is_whole_or_not_there(village: str) -> None:
    actor, now = await cast.actor(cast.LEADER_A), clock.now()
    lot, first, second = await _own_lot(actor), new_id(), new_id()
    await fails_cleanly_everywhere(
        lambda: lots.split(actor, id=first, lot_id=lot, grams=Grams(2_000), now=now)
    )
    part = (await lots.split(actor, id=first, lot_id=lot, grams=Grams(2_000), now=now)).other_lot_id
    assert part is not None
    await fails_cleanly_everywhere(
        lambda: mergers.merge(actor, id=second, lot_id=lot, with_lots=[part], now=now)
    )


async def test_regrading_and_blocking_is_whole_or_not_there(village: str) -> None:
    actor, now = await cast.actor(cast.LEADER_A), clock.now()
    lot, first, second = await _own_lot(actor), new_id(), new_id()
    await fails_cleanly_everywhere(
        lambda: conversions.regrade(
            actor, id=first, lot_id=lot, grade="grade_3", grams=Grams(2_000), reason="sorted again", now=now
        )
    )
    await fails_cleanly_everywhere(
        lambda: blocks.block(actor, id=second, lot_id=lot, reason="smells of mould", now=now)
    )


async def _far_room(actor: Actor, lot: int) -> int:
    """A room at another site that takes fresh pepper and is theirs to use."""
    return int(
        await db.scalar(
            "SELECT r.id FROM storage_room r JOIN storage_lot l ON l.id = :lot WHERE r.forms LIKE '%fresh%' AND r.site_id <> l.site_id"
            " AND r.operator_id IN (SELECT to_id FROM directory_organization_relation WHERE from_id = :id AND kind = 'stores_at')"
            " AND r.capacity_grams - r.stock_grams > 10000 ORDER BY r.id LIMIT 1",
            lot=lot,
            id=actor.organization_id,
        )
    )


async def test_sending_off_and_receiving_is_whole_or_not_there(village: str) -> None:
    actor, now = await cast.actor(cast.LEADER_A), clock.now()
    lot, first, second = await _own_lot(actor), new_id(), new_id()
    room = await _far_room(actor, lot)
    journey = Journey(
        to_room_id=room, plate="渝A12345", vehicle=Vehicle.CHILLED, expected_at=now + timedelta(hours=2)
    )
    await fails_cleanly_everywhere(
        lambda: consignments.send(actor, id=first, loads=[Load(lot, Grams(2_000))], journey=journey, now=now)
    )
    part = await db.scalar("SELECT lot_id FROM storage_consignment_lot WHERE consignment_id = :id", id=first)
    await fails_cleanly_everywhere(
        lambda: arrivals.receive(
            actor, id=second, consignment_id=first, received={part: Grams(1_900)}, reason="a bag tore", document="note 12", now=now
        )
    )  # fmt: skip


async def test_turning_back_is_whole_or_not_there(village: str) -> None:
    actor, now = await cast.actor(cast.LEADER_A), clock.now()
    lot, first, second = await _own_lot(actor), new_id(), new_id()
    room = await _far_room(actor, lot)
    journey = Journey(
        to_room_id=room, plate="渝A12345", vehicle=Vehicle.CHILLED, expected_at=now + timedelta(hours=2)
    )
    await consignments.send(actor, id=first, loads=[Load(lot, Grams(2_000))], journey=journey, now=now)
    await fails_cleanly_everywhere(
        lambda: arrivals.turn_back(
            actor, id=second, consignment_id=first, reason="the road is closed", now=now
        )
    )


async def test_entering_a_household_is_whole_or_not_there(village: str) -> None:
    actor, now = await cast.actor(cast.CLERK_A), clock.now()
    village_id = await own(
        actor, "SELECT MIN(village_id) FROM directory_household WHERE cooperative_id = :organization"
    )
    id = new_id()
    head = Particulars(name="单一禾", phone="19900077001")
    orchard = Orchard(name="屋后", area=Centimu(350), cultivar="jiuyeqing")
    await fails_cleanly_everywhere(
        lambda: households.enter(
            actor, id=id, village_id=village_id, head=head, plots=[orchard], confirmed=True, now=now
        )
    )


async def test_entering_a_person_and_a_plot_is_whole_or_not_there(village: str) -> None:
    actor, now = await cast.actor(cast.CLERK_A), clock.now()
    household = await own(
        actor, "SELECT MIN(id) FROM directory_household WHERE cooperative_id = :organization"
    )
    first, second = new_id(), new_id()
    await fails_cleanly_everywhere(
        lambda: people.enter(
            actor,
            id=first,
            household_id=household,
            person=Particulars(name="解小苗"),
            confirmed=True,
            now=now,
        )
    )
    orchard = Orchard(name="沟边", area=Centimu(120), cultivar="jiuyeqing")
    await fails_cleanly_everywhere(
        lambda: plots.enter(actor, id=second, household_id=household, plot=orchard, now=now)
    )
