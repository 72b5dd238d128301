"""A registry just large enough to tell scopes apart: two cooperatives in two townships, and somebody of each role."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.access.policy import Role
from pepperchain.core.ids import new_id
from pepperchain.directory import areas, households, organizations, queries
from pepperchain.directory.households import EnteredHousehold
from pepperchain.directory.organizations import Description
from pepperchain.directory.people import Particulars

NOW = datetime(2026, 6, 10, 10, 42, tzinfo=UTC)
TODAY = date(2026, 6, 10)
ID_NUMBER = "110100196204180030"  # an area that nobody is registered in; born 1962-04-18, a man
OTHER_ID_NUMBER = "110100197102110052"
BANK_CARD = "6200000000000000018"


@dataclass(frozen=True, slots=True)
class Registry:
    """What the tests of this room stand on."""

    xianfeng: int
    lishi: int
    baoping: int
    shageng: int
    cooperative_a: int
    cooperative_b: int
    processor: int

    @property
    def leader_a(self) -> Actor:
        return Actor(4, Role.COOP_LEADER, "单正茂", organization_id=self.cooperative_a)

    @property
    def clerk_a(self) -> Actor:
        return Actor(6, Role.COOP_CLERK, "邱晓", organization_id=self.cooperative_a)

    @property
    def leader_b(self) -> Actor:
        return Actor(5, Role.COOP_LEADER, "解云岭", organization_id=self.cooperative_b)

    @property
    def technician(self) -> Actor:
        return Actor(3, Role.TECHNICIAN, "韦青禾", township_ids=(self.xianfeng, self.lishi))

    @property
    def buyer(self) -> Actor:
        return Actor(7, Role.PROCESSOR, "江亦辰", organization_id=self.processor)

    @property
    def storekeeper(self) -> Actor:
        return Actor(9, Role.STOREKEEPER, "仇立冬", organization_id=self.processor)


ADMIN = Actor(1, Role.ADMIN, "管理员")
COMMITTEE = Actor(2, Role.COMMITTEE, "石映川")
DEPARTMENT = Actor(12, Role.DEPARTMENT, "谭书遥")


def grower(household_id: int) -> Actor:
    """The grower of a household."""
    return Actor(10, Role.GROWER, "罗大山", household_id=household_id)


async def registry() -> Registry:
    """Areas, two cooperatives and a processor, by their own verbs."""
    await areas.load(SYSTEM, now=NOW)
    xianfeng, lishi = await queries.area_named("先锋镇"), await queries.area_named("李市镇")
    baoping, shageng = (
        await queries.area_named("先锋镇", "保坪村"),
        await queries.area_named("李市镇", "沙埂村"),
    )
    assert xianfeng
    assert lishi
    assert baoping
    assert shageng
    return Registry(
        xianfeng.id,
        lishi.id,
        baoping.id,
        shageng.id,
        await organization("cooperative", "青岚坪花椒专业合作社", "青岚坪合作社", xianfeng.id),
        await organization("cooperative", "云沙垭花椒专业合作社", "云沙垭合作社", lishi.id),
        await organization("processor", "重庆青麻叙食品有限公司", "青麻叙食品", None),
    )


async def organization(kind: str, name: str, short_name: str, township_id: int | None) -> int:
    """One organization; its id."""
    described = Description(
        kind, name, short_name, township_id=township_id, contact_name="李青", contact_phone="19900010901"
    )
    return (await organizations.enter(SYSTEM, id=new_id(), organization=described, now=NOW)).id


async def household(
    actor: Actor, village_id: int, name: str, phone: str | None = None, **more: Any
) -> EnteredHousehold:
    """A household with its head."""
    facts = {key: more.pop(key) for key in ("sex", "born_on", "id_number", "bank_card") if key in more}
    more = {"id": new_id(), "confirmed": True, **more}
    return await households.enter(
        actor, village_id=village_id, head=Particulars(name, phone=phone, **facts), now=NOW, **more
    )
