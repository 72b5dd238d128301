"""The sheet of sensors: which hangs where, what it measures, when it was calibrated."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.climate import sensor_queries, sensors
from pepperchain.climate.code_rules import SensorKind
from pepperchain.climate.forms import SensorParticulars
from pepperchain.climate.sensor_queries import SensorRow
from pepperchain.climate.sensors import SensorFacts
from pepperchain.core import clock
from pepperchain.core.errors import Invalid, Refused
from pepperchain.core.words import N_
from pepperchain.directory.sheet_rules import spoken
from pepperchain.excel.columns import Choice, Column, Kind, SheetSpec, Words
from pepperchain.excel.judging import (
    Change,
    Checker,
    Done,
    Importable,
    Judged,
    Ready,
    Undoer,
    Verdict,
    Writer,
    Written,
)
from pepperchain.excel.reader import StagedRow
from pepperchain.storage import sheet_queries
from pepperchain.storage.queries import RoomRow
from pepperchain.web.forms import read

_KINDS = (
    Choice("temperature", Words("温度", "temperature"), ("温度探头", "温度传感器")),
    Choice("humidity", Words("湿度", "humidity"), ("湿度探头", "湿度传感器", "相对湿度")),
    Choice("door", Words("门", "door"), ("门磁", "库门")),
)
SPEC = SheetSpec(
    "sensors",
    Words("传感器", "Sensors"),
    (
        Column("site", Words("站点", "Site"), required=True, example="凝翠先锋冷库", aliases=("冷库", "所在站点", "冷库名称")),
        Column("room", Words("库间", "Room"), required=True, example="1号库", aliases=("库间名称", "库房", "库房名称", "库号", "库房号")),
        Column("code", Words("编号", "Code"), required=True, example="LK-01", aliases=("传感器编号", "设备编号", "探头编号", "传感器")),
        Column("kind", Words("测量项", "Measures"), Kind.CHOICE, choices=_KINDS, example="温度", aliases=("类型", "测量内容")),
        Column("calibrated_on", Words("校准日期", "Calibrated on"), Kind.DAY, aliases=("检定日期", "校准")),
        Column("silent_minutes", Words("失联报警", "Silent after"), Kind.INTEGER, unit=Words("分钟", "min"), aliases=("失联分钟",)),
        Column("active_from", Words("启用日期", "In use from"), Kind.DAY, aliases=("启用",)),
        Column("active_until", Words("停用日期", "In use until"), Kind.DAY, aliases=("停用",)),
    ),
    note=Words("按编号认出已有的传感器；空着的格子不改动已有的内容。",
               "Those that are there are recognised by their code. Empty cells change nothing."),
)  # fmt: skip
_KEYS = ("code", "kind", "calibrated_on", "silent_minutes", "active_from", "active_until")


class _Checker(Checker):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._today = clock.local_day(now)
        self._rooms: dict[tuple[str, str], RoomRow] | None = None
        self._there: dict[tuple[int, str], SensorRow] = {}
        self._seen: dict[tuple[int, str], int] = {}

    async def judge(self, rows: Sequence[StagedRow]) -> list[Judged]:
        if self._rooms is None:
            self._rooms = await _rooms(self._actor)
            rooms = {room.id: room for room in self._rooms.values()}
            for sensor in await sensor_queries.sensors_of(list(rooms)):
                self._there[rooms[sensor.room_id].operator_id, sensor.code] = sensor
        return [self._judge(row, self._rooms) for row in rows]

    def _judge(self, row: StagedRow, rooms: Mapping[tuple[str, str], RoomRow]) -> Judged:
        code = str(row.values.get("code") or "")
        room = rooms.get(
            (spoken(str(row.values.get("site") or "")), spoken(str(row.values.get("room") or "")))
        )
        title = f"{row.values.get('room') or ''} {code}".strip() or str(row.row_number)
        if room is None:
            wrong = Refused(N_("There is no such room among yours."), "room")
            return Judged(verdict=Verdict.WRONG, title=title, refusals=(wrong,))
        there = self._there.get((room.operator_id, code))
        wrongs = list(self._wrong(row, room, code, there))
        facts = _facts(row, there, self._today, wrongs)
        if wrongs or facts is None:
            return Judged(verdict=Verdict.WRONG, title=title, refusals=tuple(wrongs))
        ready = _plain(facts)
        if there is None:
            return Judged(verdict=Verdict.CREATE, title=title, ready={"room": room.id, "facts": ready})
        was = _plain(_as_it_is(there))
        changes = tuple(Change(key, was[key], ready[key]) for key in was if was[key] != ready[key])
        if not changes:
            return Judged(verdict=Verdict.UNCHANGED, title=title, target_id=str(there.id))
        kept = {"facts": ready, "version": there.version, "was": was}
        return Judged(
            verdict=Verdict.UPDATE, title=title, target_id=str(there.id), ready=kept, changes=changes
        )

    def _wrong(self, row: StagedRow, room: RoomRow, code: str, there: SensorRow | None) -> list[Refused]:
        found = []
        if room.closed_on is not None:
            found.append(Refused(N_("%(room)s is closed."), "room", room=room.full_name))
        if there is not None and there.room_id != room.id:
            found.append(Refused(N_("A sensor of this code hangs in another room."), "code"))
        earlier = self._seen.setdefault((room.operator_id, code), row.row_number)
        if earlier != row.row_number:
            found.append(Refused(N_("This sensor is in row %(row)s already."), "code", row=str(earlier)))
        return found


async def _rooms(actor: Actor) -> dict[tuple[str, str], RoomRow]:
    """The rooms that the actor runs, by what people call their site and them."""
    sites = {id: names[:2] for id, *names in await sheet_queries.own_sites(actor)}
    found = await sheet_queries.rooms_by_name(actor, sorted(sites))
    return {
        (spoken(name), spoken(room.name)): room
        for room in found.values()
        for name in sites[room.site_id]
        if name
    }


def _facts(row: StagedRow, there: SensorRow | None, today: date, wrong: list[Refused]) -> SensorFacts | None:
    """What a sensor's own form makes of the row, over what is there already."""
    data: dict[str, Any] = (
        {"kind": SensorKind.TEMPERATURE, "active_from": today}
        if there is None
        else dict(_plain(_as_it_is(there)))
    )
    data |= {key: row.values[key] for key in _KEYS if row.values.get(key) is not None}
    try:
        facts = read(SensorParticulars, data).facts()
        sensors.check(facts)
    except Invalid as invalid:
        wrong += invalid.errors
        return None
    except Refused as refused:
        wrong.append(refused)
        return None
    if there is not None and facts.kind is not there.kind:
        wrong.append(Refused(N_("What a sensor measures does not change. Enter another sensor."), "kind"))
    return facts


def as_in_sheet(sensor: SensorRow) -> dict[str, Any]:
    """A sensor as its row would bring it in."""
    return _plain(_as_it_is(sensor))


def _as_it_is(sensor: SensorRow) -> SensorFacts:
    def day(text: str | None) -> date | None:
        return None if text is None else date.fromisoformat(text)

    return SensorFacts(
        code=sensor.code, kind=sensor.kind, active_from=date.fromisoformat(sensor.active_from), active_until=day(sensor.active_until),
        calibrated_on=day(sensor.calibrated_on), silent_minutes=sensor.silent_minutes,
    )  # fmt: skip


def _plain(facts: SensorFacts) -> dict[str, Any]:
    """Facts as JSON keeps them, by the columns' keys."""
    days = {
        "calibrated_on": facts.calibrated_on,
        "active_from": facts.active_from,
        "active_until": facts.active_until,
    }
    written = {key: None if day is None else day.isoformat() for key, day in days.items()}
    return {"code": facts.code, "kind": facts.kind.value, "silent_minutes": facts.silent_minutes, **written}


class _Writer(Writer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now

    async def write(self, rows: Sequence[Ready]) -> list[Written]:
        return [await self._one(row) for row in rows]

    async def _one(self, row: Ready) -> Written:
        facts = read(SensorParticulars, row.ready["facts"]).facts()
        if row.target_id is None:
            room_id = row.ready["room"]
            entered = await sensors.enter(
                self._actor, id=row.seed, room_id=room_id, facts=facts, now=self._now
            )
            return Written(row.position, str(entered.id), {"version": 1})
        version = row.ready["version"]
        await sensors.change(
            self._actor, sensor_id=int(row.target_id), version=version, facts=facts, now=self._now
        )
        return Written(row.position, row.target_id, {"version": version + 1, "was": row.ready["was"]})


class _Undoer(Undoer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now

    async def conflicts(self, rows: Sequence[Done]) -> Mapping[int, Refused]:
        there = await sensor_queries.versions([int(row.target_id) for row in rows])
        return {
            row.position: Refused(N_("This was changed or used since."))
            for row in rows
            if there.get(int(row.target_id)) != (row.before["version"], False)
            and not ("was" in row.before and there.get(int(row.target_id)) == (row.before["version"], True))
        }

    async def undo(self, rows: Sequence[Done]) -> None:
        for row in rows:
            sensor_id, version = int(row.target_id), row.before["version"]
            if "was" in row.before:
                was = read(SensorParticulars, row.before["was"]).facts()
                await sensors.change(
                    self._actor, sensor_id=sensor_id, version=version, facts=was, now=self._now
                )
            else:
                await sensors.remove(self._actor, sensor_id=sensor_id, version=version, now=self._now)


class _Sensors(Importable):
    code = "sensors"
    words = Words("传感器", "Sensors")
    specs = (SPEC,)
    capability = Capability.STORAGE_PLAN

    def checker(self, actor: Actor, *, seed: UUID, now: datetime) -> Checker:
        return _Checker(actor, now=now)

    def writer(self, actor: Actor, *, now: datetime) -> Writer:
        return _Writer(actor, now=now)

    def undoer(self, actor: Actor, *, committed_at: datetime, now: datetime) -> Undoer:
        return _Undoer(actor, now=now)


SENSORS = _Sensors()
