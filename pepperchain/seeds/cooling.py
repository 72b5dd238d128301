"""How warm the village's rooms were these days: a reading every twenty minutes, a power cut, and three times that a room was too warm."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pepperchain.access.actor import Actor
from pepperchain.accounts.queries import actor_of_user
from pepperchain.climate import breaches, equipment, readings, sensors
from pepperchain.climate.code_rules import Cause, EquipmentKind, SensorKind
from pepperchain.climate.rules import Sample
from pepperchain.climate.sensors import SensorFacts
from pepperchain.core import clock, db
from pepperchain.seeds.dice import Dice
from pepperchain.seeds.scene import form_id, told

DAYS = 14
EVERY = timedelta(minutes=20)
SILENT_MINUTES = 1440
_STEADY = 10
_KEEPERS = {
    "ningcui": "19900000009",
    "baoping": "19900000004",
    "xiuzhuang": "19900000004",
    "shageng": "19900000005",
}
_CODES = {"ningcui": "NC", "baoping": "BP", "xiuzhuang": "XZ", "shageng": "SG"}
_CUT_ROOM, _COOL_A, _COOL_B = "ningcui_2", "baoping_cool", "shageng_cool"
_EXPLAINED = "园区线路检修停电，备用发电机未能启动。来电后两小时回到设定温度，抽查三袋未见解冻。"


@dataclass(frozen=True, slots=True)
class _Hung:
    """A sensor of the village: where it hangs, what it says when all is well, and who answers for it."""

    code: str
    kind: SensorKind
    room: str
    usual: int
    keeper: Actor


async def load(*, now: datetime, days: int = DAYS) -> bool:
    """Hangs the sensors and tells of these days; False if they hang already, or nobody set up the village."""
    there = await db.scalar(
        "SELECT 1 FROM climate_sensor WHERE request_id = :id", id=form_id("sensor", _CUT_ROOM, "temperature")
    )
    village = await db.scalar(
        "SELECT 1 FROM storage_room WHERE request_id = :id", id=form_id("room", _CUT_ROOM)
    )
    if there is not None or village is None:
        return False
    await _tell(now, days)
    return True


@db.unit_of_work
async def _tell(now: datetime, days: int) -> None:
    """All of it, or nothing."""
    hung = await _hang(now)
    first = now - timedelta(days=days)
    for sensor in hung:
        samples = list(_samples(sensor, first, now))
        taken = await readings.take(
            sensor.keeper, id=form_id("readings", sensor.code), samples=samples, content=sensor.code, now=now
        )
        assert not taken.refused, taken.refused[:3]
    cut, back = _power_cut(now)
    keeper = hung[-1].keeper
    await equipment.log(
        keeper, id=form_id("power cut"), room_id=await _room_id(_CUT_ROOM), whole_site=True, kind=EquipmentKind.POWER_CUT,
        from_at=cut, until_at=back, generator=False, note="园区线路检修", now=now,
    )  # fmt: skip
    await equipment.log(
        keeper, id=form_id("service"), room_id=await _room_id(_CUT_ROOM), whole_site=False, kind=EquipmentKind.SERVICE,
        from_at=cut + timedelta(days=1), until_at=cut + timedelta(days=1, hours=2), note="检查压缩机和发电机", now=now,
    )  # fmt: skip
    await _explain(keeper, now)


async def _hang(now: datetime) -> list[_Hung]:
    hung: list[_Hung] = []
    counts: dict[str, int] = {}
    for room in told("organizations")["room"]:
        keeper = await _actor(_KEEPERS[room["site"]])
        kinds = [
            SensorKind.TEMPERATURE,
            *([SensorKind.HUMIDITY] if room["kind"] in ("dry", "ambient") else []),
        ]
        for kind in kinds:
            number = counts[room["site"]] = counts.get(room["site"], 0) + 1
            code = f"{_CODES[room['site']]}-{number:02}"
            today = clock.local_day(now)
            facts = SensorFacts(
                code=code, kind=kind, active_from=today - timedelta(days=90), calibrated_on=today - timedelta(days=90),
                silent_minutes=SILENT_MINUTES,
            )  # fmt: skip
            await sensors.enter(
                keeper,
                id=form_id("sensor", room["key"], kind.value),
                room_id=await _room_id(room["key"]),
                facts=facts,
                now=now,
            )
            usual = room["set_point"] if kind is SensorKind.TEMPERATURE else 560
            hung.append(_Hung(code, kind, room["key"], usual, keeper))
    return hung


def _samples(sensor: _Hung, first: datetime, now: datetime) -> Iterator[Sample]:
    dice = Dice("cooling", sensor.code)
    minute = dice.below(20)
    at = first.replace(second=0, microsecond=0) + timedelta(minutes=minute)
    row = 0
    while at <= now:
        hour = clock.local(at).hour
        noise, warmer = dice.between(-7, 7) + (4 if 11 <= hour <= 17 else 0), _excursion(sensor, at, now)
        # What warms up and cools down does so steadily, or one excursion would look like several.
        value = sensor.usual + (warmer if warmer > _STEADY else noise + warmer)
        if sensor.kind is SensorKind.HUMIDITY:
            value += dice.between(-15, 15)
        is_warmth = sensor.kind is SensorKind.TEMPERATURE
        yield Sample(
            row, sensor.code, clock.to_ms(at), value if is_warmth else None, None if is_warmth else value
        )
        row, at = row + 1, at + EVERY


def _power_cut(now: datetime) -> tuple[datetime, datetime]:
    """Some afternoon of these days."""
    day = clock.local_day(now) - timedelta(days=6)
    return clock.at_local(day, 13, 40), clock.at_local(day, 17, 5)


def _excursion(sensor: _Hung, at: datetime, now: datetime) -> int:
    """How much warmer it was than usual, in tenths of a degree."""
    if sensor.kind is not SensorKind.TEMPERATURE:
        return 0
    cut, back = _power_cut(now)
    if sensor.room.startswith("ningcui") and cut <= at <= back + timedelta(hours=2):
        most = 55 if sensor.room == _CUT_ROOM else 8
        grown = min((at - cut) // timedelta(minutes=1), (back - cut) // timedelta(minutes=1))
        cooled = max((at - back) // timedelta(minutes=1), 0)
        return max(grown * most // 205 - cooled * most // 120, 0)
    # Warm pepper was brought in: A's people have not looked yet, B's have.
    ago = now - at
    if sensor.room == _COOL_A and ago <= timedelta(hours=3):
        return 52
    if sensor.room == _COOL_B and timedelta(hours=20) <= ago <= timedelta(hours=22):
        return 44
    return 0


async def _explain(keeper: Actor, now: datetime) -> None:
    cut = await _breach(_CUT_ROOM)
    if cut is not None:
        await breaches.acknowledge(keeper, id=cut[0], version=cut[1], now=now)
        await breaches.explain(
            keeper, id=cut[0], version=cut[1] + 1, cause=Cause.POWER, done=_EXPLAINED, now=now
        )
        await breaches.close(keeper, id=cut[0], version=cut[1] + 2, now=now)
    loaded = await _breach(_COOL_B)
    if loaded is not None:
        leader = await _actor(_KEEPERS["shageng"])
        await breaches.acknowledge(leader, id=loaded[0], version=loaded[1], now=now)


async def _breach(room: str) -> tuple[int, int] | None:
    rows = await db.tuples(
        "SELECT b.id, b.version FROM climate_breach b WHERE b.room_id = :room AND b.kind IN ('too_warm', 'thawing') ORDER BY b.started_at",
        room=await _room_id(room),
    )
    return (rows[0][0], rows[0][1]) if rows else None


async def _room_id(key: str) -> int:
    return int(await db.scalar("SELECT id FROM storage_room WHERE request_id = :id", id=form_id("room", key)))


async def _actor(phone: str) -> Actor:
    return await actor_of_user(
        await db.scalar("SELECT id FROM accounts_user WHERE phone = :phone", phone=phone)
    )
