"""A small world with rooms: the register of the scale's tests, a cold store that cooperative A stores at, and rooms in both."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.policy import Role
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import doctor, lots, rooms
from pepperchain.storage.rooms import RoomFacts
from pepperchain.storage.rules import Purpose, RoomKind
from tests.harvest.register import NOW, Register, settle

__all__ = ["NOW", "Store", "open_store", "room_facts"]

T = 1_000_000
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Store:
    """Rooms by what they are for the tests: A's own chilled one, A's dry one, B's, the cold store's, a public one."""

    register: Register
    keeper_id: int
    cold_site: int
    chilled: int
    small: int
    dry: int
    of_b: int
    frozen: int
    cold: int
    public: int

    @property
    def clerk(self) -> Actor:
        return self.register.clerk

    @property
    def leader(self) -> Actor:
        return self.register.leader

    @property
    def leader_b(self) -> Actor:
        return self.register.leader_b

    @property
    def storekeeper(self) -> Actor:
        return self.register.actor(Role.STOREKEEPER, organization_id=self.keeper_id)

    @property
    def buyer(self) -> Actor:
        return self.register.actor(Role.PROCESSOR, organization_id=self.keeper_id)

    async def weigh(self, kg: int = 50, *, now: datetime = NOW, **changes: Any) -> UUID:
        """A slip of so many kilograms net on A's floor, unless changed."""
        grams = Grams(kg * 1000)
        recorded = await self.register.weigh(now=now, gross=grams, tare=Grams(0), **changes)
        return recorded.id

    async def lot(
        self,
        kg: int = 50,
        *,
        room_id: int | None = None,
        actor: Actor | None = None,
        now: datetime = NOW,
        **changes: Any,
    ) -> int:
        """A lot of so many kilograms in A's chilled room, unless changed."""
        slip = await self.weigh(kg, now=now, **changes)
        done = await lots.receive(
            actor or self.clerk, id=new_id(), room_id=room_id or self.chilled, slip_ids=[slip], now=now
        )
        return done.lot_id

    async def picked_lot(self, kg: int, days_ago: int, **changes: Any) -> int:
        """A lot that was picked so many days ago and put away on that day."""
        then = NOW - timedelta(days=days_ago)
        return await self.lot(kg, now=then, picked_at=then - 3 * HOUR, **changes)

    async def stock(self, room_id: int) -> int:
        return int(await db.scalar("SELECT stock_grams FROM storage_room WHERE id = :id", id=room_id))

    async def on_hand(self, lot_id: int) -> int:
        return int(await db.scalar("SELECT on_hand_grams FROM storage_lot WHERE id = :id", id=lot_id))


def room_facts(name: str, capacity: int, **changes: Any) -> RoomFacts:
    usual: dict[str, Any] = {
        "name": name, "purpose": Purpose.COMMERCIAL, "kind": RoomKind.CHILLED, "forms": ["fresh"], "capacity": Grams(capacity),
        "set_point_decidegrees": 20, "band_decidegrees": 20,
    }  # fmt: skip
    return RoomFacts(**{**usual, **changes})


async def open_store() -> Store:
    """Writes all of it into an empty database."""
    register = await settle()
    keeper, cold_site = await _cold_store(register)

    async def room(site_id: int, name: str, capacity: int, **changes: Any) -> int:
        entered = await rooms.enter(
            SYSTEM, id=new_id(), site_id=site_id, facts=room_facts(name, capacity, **changes), now=NOW
        )
        return entered.id

    dry = {"kind": RoomKind.DRY, "forms": ["dry"], "set_point_decidegrees": None}
    return Store(
        register=register,
        keeper_id=keeper,
        cold_site=cold_site,
        chilled=await room(register.site_a, "1号", 5 * T),
        small=await room(register.site_a, "2号", 60_000),
        dry=await room(register.site_a, "干货间", 2 * T, **dry),
        of_b=await room(register.site_b, "1号", 3 * T),
        frozen=await room(
            cold_site,
            "速冻",
            10 * T,
            kind=RoomKind.FROZEN,
            forms=["preserved_fresh"],
            set_point_decidegrees=-180,
        ),
        cold=await room(cold_site, "保鲜", 8 * T),
        public=await room(register.site_b, "公益", 4 * T, purpose=Purpose.PUBLIC_BENEFIT),
    )


@db.unit_of_work
async def _cold_store(register: Register) -> tuple[int, int]:
    township = register.townships[0]
    keeper = await db.insert_id(
        "directory_organization", kind="cold_store_operator", name="江边冷链", short_name="江边", pinyin="x", initials="x",
        township_id=township, created_at=NOW,
    )  # fmt: skip
    site = await db.insert_id(
        "directory_site", operator_id=keeper, kind="cold_store", name="江边冷库", pinyin="x", initials="x",
        township_id=township, slip_prefix="LK", created_at=NOW,
    )  # fmt: skip
    await db.insert(
        "directory_organization_relation", from_id=register.cooperative_a, to_id=keeper, kind="stores_at",
        started_on="2026-01-01", created_at=NOW,
    )  # fmt: skip
    return keeper, site


async def all_fits() -> None:
    """Rooms, lots, the ledger and what is offered agree."""
    found = await doctor.findings()
    assert not found, found
