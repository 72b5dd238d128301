"""Consignments for tests: from cooperative A's site to the cold store it stores at."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import arrivals, consignment_queries, consignments
from pepperchain.storage.consignment_rules import Vehicle
from pepperchain.storage.consignments import Journey, Load, Sent
from tests.storage.store import NOW, Store

LATER = NOW + timedelta(hours=3)


def journey(store: Store, **changes: Any) -> Journey:
    usual: dict[str, Any] = {
        "to_room_id": store.cold, "plate": "渝A12345", "vehicle": Vehicle.CHILLED, "expected_at": LATER, "driver_name": "冉大川",
        "driver_phone": "15400001234",
    }  # fmt: skip
    return Journey(**{**usual, **changes})


async def sent(
    store: Store, *loads: tuple[int, int | None] | int, id: UUID | None = None, **changes: Any
) -> Sent:
    """Lots, or kilograms of them, on the road."""
    wanted = [
        Load(each)
        if isinstance(each, int)
        else Load(each[0], None if each[1] is None else Grams(each[1] * 1000))
        for each in loads
    ]
    return await consignments.send(
        store.clerk, id=id or new_id(), loads=wanted, journey=journey(store, **changes), now=NOW
    )


async def cargo(store: Store, id: UUID) -> list[consignment_queries.CargoRow]:
    return await consignment_queries.cargo(await consignment_queries.consignment(store.clerk, id))


async def arrived(
    store: Store, consignment_id: UUID, *kg: int, id: UUID | None = None, **changes: Any
) -> Sent:
    """It arrives, as sent or with so many kilograms of each lot."""
    lots = await cargo(store, consignment_id)
    received = {
        each.lot_id: Grams(kg[place] * 1000) if kg else each.sent_grams for place, each in enumerate(lots)
    }
    given: dict[str, Any] = {"actor": store.storekeeper, "received": received, "now": LATER}
    given.update(changes)
    return await arrivals.receive(id=id or new_id(), consignment_id=consignment_id, **given)
