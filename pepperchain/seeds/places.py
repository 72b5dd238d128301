"""Townships and villages as the register has them, and how much pepper each grows."""

from collections.abc import Sequence
from dataclasses import dataclass

from pepperchain.core import db
from pepperchain.seeds.dice import Dice

# Thousands of mu, as far as they are published; elsewhere the rest of the district's 530 by band.
_THOUSAND_MU = {
    "先锋镇": 128,
    "李市镇": 26,
    "慈云镇": 30,
    "吴滩镇": 28,
    "龙华镇": 26,
    "永兴镇": 24,
    "几江街道": 10,
    "石门镇": 22,
}
_OTHERWISE = {"L": 10, "M": 12, "H": 5}
_HAMLETS = "大石坝 水井湾 黄桷树 竹林湾 庙坝 石梯子 漆树坪 凉风垭 长田湾 朝门口 老屋基 半坡 河嘴 堰塘坎 碾子湾 土地垭 柏树林"
_PLOTS = "屋后坡 水井湾 大石坝 沟边 梁子上 机耕道边 堰塘坎 对门坡 竹林边 河坝 新开土 老土 垭口上 半坡 桥头 庙背后 坳上"
HAMLETS = tuple(_HAMLETS.split())
PLOTS = tuple(_PLOTS.split())


@dataclass(frozen=True, slots=True)
class Village:
    """A village of the register."""

    id: int
    name: str
    band: str
    altitude_m: int


@dataclass(frozen=True, slots=True)
class Township:
    """A township, its villages, and its weight among all: thousands of mu of pepper."""

    id: int
    name: str
    weight: int
    villages: tuple[Village, ...]


@dataclass(frozen=True, slots=True)
class _Area:
    id: int
    kind: str
    name: str
    township_id: int
    band: str
    altitude_m: int


async def townships(only: Sequence[str] = ()) -> list[Township]:
    """The townships with their villages, in the register's order; all of them unless some are named."""
    areas = await db.fetch(
        _Area,
        "SELECT id, kind, name, township_id, band, altitude_m FROM directory_area WHERE kind <> 'district' ORDER BY id",
    )
    villages: dict[int, list[Village]] = {}
    for area in areas:
        if area.kind == "village":
            villages.setdefault(area.township_id, []).append(
                Village(area.id, area.name, area.band, area.altitude_m)
            )
    return [
        Township(
            area.id, area.name, _THOUSAND_MU.get(area.name, _OTHERWISE[area.band]), tuple(villages[area.id])
        )
        for area in areas
        if area.kind == "township" and area.id in villages and (not only or area.name in only)
    ]


def shared_out(total: int, weights: Sequence[int]) -> list[int]:
    """`total` whole things divided by weight, none lost: the largest remainders get one more."""
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: -(total * weights[place] % whole))
    for place in order[: total - sum(shares)]:
        shares[place] += 1
    return shares


def hamlet(dice: Dice) -> str:
    """Where a house stands."""
    return f"{dice.one(HAMLETS)} {dice.between(1, 40)} 号"
