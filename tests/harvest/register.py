"""A register just large enough for the scale: two cooperatives in two townships, their sites, growers and plots."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core import db
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.directory import rules
from pepperchain.harvest import weighins
from pepperchain.harvest.slips import NewSlip

NOW = datetime(2026, 6, 10, 10, 42, tzinfo=UTC)  # 18:42 in Jiangjin
TODAY = date(2026, 6, 10)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Grower:
    """A household with its head and a plot."""

    household_id: int
    card_number: str
    head_id: int
    plot_id: int


@dataclass(frozen=True, slots=True)
class Register:
    """Everything the tests of this room stand on."""

    townships: tuple[int, int]
    villages: tuple[int, int]
    cooperative_a: int
    cooperative_b: int
    site_a: int
    other_site_a: int
    site_b: int
    zhang: Grower
    li: Grower
    stranger: Grower

    def actor(self, role: Role, **changes: Any) -> Actor:
        return Actor(user_id=None, role=role, name=role.value, **changes)

    @property
    def clerk(self) -> Actor:
        return self.actor(Role.COOP_CLERK, organization_id=self.cooperative_a)

    @property
    def leader(self) -> Actor:
        return self.actor(Role.COOP_LEADER, organization_id=self.cooperative_a)

    @property
    def leader_b(self) -> Actor:
        return self.actor(Role.COOP_LEADER, organization_id=self.cooperative_b)

    @property
    def committee(self) -> Actor:
        return self.actor(Role.COMMITTEE)

    def new(self, **changes: Any) -> NewSlip:
        """A plausible slip of Zhang's at site A."""
        usual: dict[str, Any] = {
            "id": new_id(), "site_id": self.site_a, "household_id": self.zhang.household_id, "form": "fresh",
            "grade": "grade_1", "cultivar": "jiuyeqing", "gross": Grams(52_300), "tare": Grams(2_100),
            "picked_at": NOW - 3 * HOUR,
        }  # fmt: skip
        return NewSlip(**{**usual, **changes})

    async def weigh(
        self, actor: Actor | None = None, *, now: datetime = NOW, **changes: Any
    ) -> weighins.Recorded:
        """Records a plausible slip, changed as told."""
        slip = self.new(**changes)
        sent = {name: getattr(slip, name) for name in NewSlip.__dataclass_fields__}
        return await weighins.record(actor or self.clerk, **sent, now=now)


@db.unit_of_work
async def settle() -> Register:
    """Writes the register into an empty database."""
    district = await _area(None, "district", "5001160", "江津区", None)
    xianfeng = await _township(district, "5001161", "先锋镇")
    lishi = await _township(district, "5001162", "李市镇")
    baoping = await _area(xianfeng, "village", "50011611", "保坪村", xianfeng)
    shageng = await _area(lishi, "village", "50011621", "沙埂村", lishi)
    a, b = await _cooperative("椒香合作社", xianfeng), await _cooperative("青椒合作社", lishi)
    return Register(
        townships=(xianfeng, lishi),
        villages=(baoping, shageng),
        cooperative_a=a,
        cooperative_b=b,
        site_a=await _site(a, "保坪点", "BP", xianfeng),
        other_site_a=await _site(a, "麻柳点", "ML", xianfeng),
        site_b=await _site(b, "沙埂点", "SG", lishi),
        zhang=await grower("张青山", rules.card_number(91), baoping, xianfeng, a),
        li=await grower("李椒芳", rules.card_number(92), baoping, xianfeng, a),
        stranger=await grower("王远", rules.card_number(93), shageng, lishi, b),
    )


async def _area(parent: int | None, kind: str, code: str, name: str, township: int | None) -> int:
    return await db.insert_id(
        "directory_area", parent_id=parent, kind=kind, code=code, name=name, name_en=name, pinyin="x",
        initials="x", township_id=township,
    )  # fmt: skip


async def _township(district: int, code: str, name: str) -> int:
    township = await _area(district, "township", code, name, None)
    await db.execute("UPDATE directory_area SET township_id = id WHERE id = :id", id=township)
    return township


async def _cooperative(name: str, township: int) -> int:
    return await db.insert_id(
        "directory_organization", kind="cooperative", name=name, short_name=name[:2], pinyin="x", initials="x",
        township_id=township, created_at=NOW,
    )  # fmt: skip


async def _site(operator: int, name: str, prefix: str, township: int) -> int:
    return await db.insert_id(
        "directory_site", operator_id=operator, kind="collecting_point", name=name, pinyin="x", initials="x",
        township_id=township, slip_prefix=prefix, created_at=NOW,
    )  # fmt: skip


async def grower(name: str, card: str, village: int, township: int, cooperative: int) -> Grower:
    """A household with a head and a plot of two mu."""
    household = await db.insert_id(
        "directory_household", card_number=card, village_id=village, township_id=township,
        cooperative_id=cooperative, group_number=1, created_at=NOW,
    )  # fmt: skip
    head = await db.insert_id(
        "directory_person", household_id=household, township_id=township, cooperative_id=cooperative, name=name,
        pinyin="x", initials="x", phone="19900002231", is_head=True, created_at=NOW,
    )  # fmt: skip
    await db.execute("UPDATE directory_household SET head_id = :head WHERE id = :id", head=head, id=household)
    plot = await db.insert_id(
        "directory_plot", household_id=household, village_id=village, township_id=township,
        cooperative_id=cooperative, name="屋后", area_centimu=200, cultivar="jiuyeqing", created_at=NOW,
    )  # fmt: skip
    return Grower(household, card, head, plot)


async def floor(site_id: int) -> int:
    """Grams on a site's floor as the ledger has them."""
    total = await db.scalar(
        "SELECT COALESCE(SUM(debits - credits), 0) FROM ledger_account WHERE kind = 'floor' AND ref = :ref",
        ref=f"site:{site_id}",
    )
    return int(total)


async def numbers(site_id: int) -> list[int]:
    """The numbers of a site's slips in order."""
    rows = await db.tuples(
        "SELECT number FROM harvest_weighin WHERE site_id = :site ORDER BY number", site=site_id
    )
    return [int(row[0]) for row in rows]


async def audited(subject_id: UUID) -> list[str]:
    """The verbs the trail tells of a slip."""
    rows = await db.tuples(
        "SELECT verb FROM audit_entry WHERE subject = 'weighin' AND subject_id = :id ORDER BY id",
        id=str(subject_id),
    )
    return [str(row[0]) for row in rows]
