"""The sheet of readings: what a logger without a network has written down."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.climate import readings, sensor_queries
from pepperchain.climate.code_rules import Reason, SensorKind
from pepperchain.climate.rules import Sample
from pepperchain.climate.sensor_queries import Standing
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.excel.columns import Choice, Column, Kind, SheetSpec, Words
from pepperchain.excel.judging import (
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

_DOOR = (
    Choice("open", Words("开", "open"), ("打开", "开门")),
    Choice("closed", Words("关", "closed"), ("关闭", "关门")),
)
SPEC = SheetSpec(
    "readings",
    Words("温湿度读数", "Readings"),
    (
        Column("sensor", Words("传感器", "Sensor"), required=True, example="LK-01",
               aliases=("探头", "传感器编号", "设备编号", "编号", "设备")),
        Column("taken_at", Words("时间", "Taken at"), Kind.MOMENT, required=True, example="2026-06-10 18:40",
               aliases=("记录时间", "采集时间", "日期时间", "测量时间")),
        Column("temperature", Words("温度", "Temperature"), Kind.DECIMAL, unit=Words("℃", "°C"), example="2.4", aliases=("库温", "温度值")),
        Column("humidity", Words("湿度", "Humidity"), Kind.DECIMAL, unit=Words("%", "%"), aliases=("相对湿度", "湿度值")),
        Column("door", Words("门", "Door"), Kind.CHOICE, choices=_DOOR, aliases=("库门", "门状态")),
    ),
    note=Words("一行一个读数：温度、湿度、门三项中填该传感器测的那一项。已有的读数不会重复导入。",
               "One reading in a row: of temperature, humidity and door the one that the sensor measures. None is taken twice."),
)  # fmt: skip
_COLUMN = {
    SensorKind.TEMPERATURE: "temperature", SensorKind.HUMIDITY: "humidity", SensorKind.DOOR: "door",
}  # fmt: skip


class _Checker(Checker):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now
        self._seen: dict[tuple[str, int], int] = {}

    async def judge(self, rows: Sequence[StagedRow]) -> list[Judged]:
        samples = [_sample(row) for row in rows]
        codes = {each.sensor for each in samples if isinstance(each, Sample)}
        sensors = {
            each.code: each for each in await sensor_queries.standing(self._actor, codes, locked=False)
        }
        known = {
            code: await readings.there(
                sensor, [each.at for each in samples if isinstance(each, Sample) and each.sensor == code]
            )
            for code, sensor in sensors.items()
        }
        return [self._judge(row, each, sensors, known) for row, each in zip(rows, samples, strict=True)]

    def _judge(
        self,
        row: StagedRow,
        sample: Sample | Refused,
        sensors: Mapping[str, Standing],
        known: Mapping[str, Mapping[int, int]],
    ) -> Judged:
        title = f"{row.values.get('sensor') or ''} {row.values.get('taken_at') or ''}".strip() or str(
            row.row_number
        )
        if isinstance(sample, Refused):
            return Judged(verdict=Verdict.WRONG, title=title, refusals=(sample,))
        value = readings.judged(sample, sensors.get(sample.sensor), self._now)
        if isinstance(value, Reason):
            return Judged(verdict=Verdict.WRONG, title=title, refusals=(Refused(value.label, _field(value)),))
        earlier = self._seen.setdefault((sample.sensor, sample.at), row.row_number)
        if earlier != row.row_number:
            again = Refused(
                N_("This moment of this sensor is in row %(row)s already."), "taken_at", row=str(earlier)
            )
            return Judged(verdict=Verdict.WRONG, title=title, refusals=(again,))
        there, sensor = known[sample.sensor].get(sample.at), sensors[sample.sensor]
        target = f"{sensor.id}:{sample.at}"
        if there == value:
            return Judged(verdict=Verdict.UNCHANGED, title=title, target_id=target)
        if there is not None:
            return Judged(
                verdict=Verdict.WRONG,
                title=title,
                refusals=(Refused(Reason.DIFFERS.label, _COLUMN[sensor.kind]),),
            )
        ready = {
            "sensor": sample.sensor,
            "id": sensor.id,
            "at": sample.at,
            "kind": sensor.kind.value,
            "value": value,
        }
        return Judged(verdict=Verdict.CREATE, title=title, ready=ready)


def _field(reason: Reason) -> str:
    if reason in (Reason.FUTURE, Reason.TOO_OLD, Reason.NOT_IN_USE):
        return "taken_at"
    return "sensor" if reason is Reason.UNKNOWN_SENSOR else "temperature"


def _sample(row: StagedRow) -> Sample | Refused:
    """The row as a reading, or what is wrong with it."""
    code, moment = str(row.values.get("sensor") or ""), row.values.get("taken_at")
    if not code or moment is None:
        return Refused(Reason.UNREADABLE.label, "taken_at" if code else "sensor")
    at = datetime.fromisoformat(str(moment))
    try:
        degrees, humidity = (_tenths(row.values.get(name), name) for name in ("temperature", "humidity"))
    except Refused as refused:
        return refused
    door = row.values.get("door")
    return Sample(
        row.row_number, code, clock.to_ms(at if at.tzinfo else at.replace(tzinfo=clock.ZONE)), degrees, humidity,
        None if door is None else door == "open",
    )  # fmt: skip


def _tenths(written: Any, name: str) -> int | None:
    """A number with at most one decimal as a whole number of tenths."""
    if written is None:
        return None
    exact = Decimal(str(written)).scaleb(1)
    if exact != exact.to_integral_value():
        raise Refused(N_("At most %(places)s decimals."), name, places=1)
    if abs(exact) > 100_000:
        raise Refused(Reason.OUT_OF_RANGE.label, name)
    return int(exact)


def _of(ready: Mapping[str, Any], row: int) -> Sample:
    kind, value = SensorKind(ready["kind"]), int(ready["value"])
    return Sample(
        row,
        ready["sensor"],
        ready["at"],
        value if kind is SensorKind.TEMPERATURE else None,
        value if kind is SensorKind.HUMIDITY else None,
        bool(value) if kind is SensorKind.DOOR else None,
    )


class _Writer(Writer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now
        self._count = 0

    async def write(self, rows: Sequence[Ready]) -> list[Written]:
        await readings.bring(
            self._actor, samples=[_of(row.ready, row.position) for row in rows], now=self._now
        )
        self._count += len(rows)
        return [Written(row.position, f"{row.ready['id']}:{row.ready['at']}") for row in rows]

    async def finish(self) -> None:
        if self._count:
            await readings.note_brought(self._actor, count=self._count, now=self._now)


class _Undoer(Undoer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now

    async def conflicts(self, rows: Sequence[Done]) -> Mapping[int, Refused]:
        return {}

    async def undo(self, rows: Sequence[Done]) -> None:
        targets = [row.target_id.split(":") for row in rows]
        await readings.take_back(
            self._actor, readings=[(int(sensor), int(at)) for sensor, at in targets], now=self._now
        )


class _Readings(Importable):
    code = "readings"
    words = Words("温湿度读数", "Readings")
    specs = (SPEC,)
    capability = Capability.CLIMATE_RECORD

    def checker(self, actor: Actor, *, seed: UUID, now: datetime) -> Checker:
        return _Checker(actor, now=now)

    def writer(self, actor: Actor, *, now: datetime) -> Writer:
        return _Writer(actor, now=now)

    def undoer(self, actor: Actor, *, committed_at: datetime, now: datetime) -> Undoer:
        return _Undoer(actor, now=now)


READINGS = _Readings()
