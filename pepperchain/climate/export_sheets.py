"""Sensors, readings, what was out of bounds and a room's log as files; sensors and readings in the columns that bring them in."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.climate import breach_queries, export_queries, reports, sensor_queries
from pepperchain.climate.breach_queries import BreachRow
from pepperchain.climate.code_rules import SensorKind
from pepperchain.climate.export_queries import LogRow
from pepperchain.climate.forms import BreachSearch, LogChoice, SeasonSearch
from pepperchain.climate.reports import SiteSeason
from pepperchain.climate.rules import unit
from pepperchain.climate.sensor_sheets import SPEC as SENSOR_SPEC
from pepperchain.climate.sensor_sheets import as_in_sheet
from pepperchain.climate.sheets import SPEC as READING_SPEC
from pepperchain.core import clock
from pepperchain.excel.columns import Column, Kind, Words
from pepperchain.excel.exporting import ROWS_A_READ, Chunks, Exportable, at_once
from pepperchain.harvest.rules import season_of
from pepperchain.web.forms import Form
from pepperchain.web.i18n import gettext

FINE_DAYS_MAX = 100
"""Up to so many days a row of a log is ten minutes, beyond that an hour."""


class NoChoices(Form):
    """A list that nothing narrows."""


async def _sensors(actor: Actor, _chosen: NoChoices, _now: datetime) -> Chunks:
    after = 0
    while True:
        found = await export_queries.sensors(actor, after=after, limit=ROWS_A_READ)
        if found:
            yield [{**as_in_sheet(sensor), "site": site, "room": room} for sensor, site, room in found]
        if len(found) < ROWS_A_READ:
            return
        after = found[-1][0].id


async def _readings(actor: Actor, _chosen: NoChoices, _now: datetime) -> Chunks:
    async for chunk in _in_chunks(_reading_rows(actor)):
        yield chunk


async def _reading_rows(actor: Actor) -> AsyncIterator[Mapping[str, Any]]:
    async for code, kind, at, value in export_queries.own_readings(actor):
        row: dict[str, Any] = {"sensor": code, "taken_at": clock.from_ms(at)}
        if kind is SensorKind.DOOR:
            row["door"] = "open" if value else "closed"
        else:
            row[kind.value] = _tenths(kind, value)
        yield row


async def _breaches(actor: Actor, chosen: BreachSearch, _now: datetime) -> Chunks:
    cursor: str | None = None
    while True:
        found = await breach_queries.breaches(actor, settled=chosen.all, cursor=cursor, limit=ROWS_A_READ)
        if found.rows:
            yield [
                {"site": row.site, "room": row.room, "sensor": row.sensor, **_breach(row)}
                for row in found.rows
            ]
        cursor = found.next
        if cursor is None:
            return


async def _season(actor: Actor, chosen: SeasonSearch, now: datetime) -> Chunks:
    season = chosen.season or season_of(clock.local_day(now))
    rows = await reports.sites(actor, season=season, now=now)
    async for chunk in at_once([_site_season(row) for row in rows]):
        yield chunk


def _site_season(row: SiteSeason) -> dict[str, Any]:
    told: dict[str, Any] = {"site": row.site}
    if row.breaches is not None:
        told |= {
            "breaches": row.breaches.breaches, "out_minutes": row.breaches.seconds // 60,
            "degree_minutes": row.breaches.degree_minutes, "unsettled": row.breaches.unsettled,
        }  # fmt: skip
    if row.energy is not None:
        told |= {
            "first_on": row.energy.first, "last_on": row.energy.last, "kwh": Decimal(row.energy.tenths_kwh).scaleb(-1),
            "each": None if row.per_tonne_month is None else Decimal(row.per_tonne_month).scaleb(-1),
        }  # fmt: skip
    return told


async def _log(actor: Actor, chosen: LogChoice, now: datetime) -> Chunks:
    room = await sensor_queries.room(actor, chosen.room_id)
    first, last = chosen.days(clock.local_day(now))
    begin, end = clock.day_range(first, last)
    step = 10 if last - first <= timedelta(days=FINE_DAYS_MAX) else 60
    log = export_queries.log(room.id, first=clock.to_ms(begin), last=clock.to_ms(end), step=step)
    async for chunk in _in_chunks(_log_rows(log)):
        yield chunk


async def _log_rows(found: AsyncIterator[LogRow]) -> AsyncIterator[Mapping[str, Any]]:
    async for row in found:
        kind = row.sensor.kind
        shown: dict[str, Any] = {
            "sensor": row.sensor.code,
            "calibrated_on": row.sensor.calibrated_on,
            "measure": gettext(kind.label),
            "unit": unit(kind),
            "from": clock.from_ms(row.starts_at),
            "until": None if row.ends_at is None else clock.from_ms(row.ends_at),
        }
        if row.step is not None:
            shown |= {
                "low": _tenths(kind, row.step.low), "mean": _tenths(kind, row.step.mean), "high": _tenths(kind, row.step.high),
                "readings": row.step.readings, "out_minutes": row.step.out_seconds // 60,
            }  # fmt: skip
        if row.breach is not None:
            shown |= _breach(row.breach)
        yield shown


def _breach(row: BreachRow) -> dict[str, Any]:
    kind = row.sensor_kind
    return {
        "measure": gettext(kind.label), "unit": unit(kind), "from": clock.from_ms(row.started_at),
        "until": None if row.ended_at is None else clock.from_ms(row.ended_at), "breach": gettext(row.kind.label),
        "low": _tenths(kind, row.low), "high": _tenths(kind, row.high), "bound": _tenths(kind, row.bound),
        "degree_minutes": row.degree_minutes if row.counts_degrees else None, "state": gettext(row.state.label),
        "cause": None if row.cause is None else gettext(row.cause.label), "done": row.done,
        "by": row.closed_by or row.explained_by or row.acknowledged_by,
    }  # fmt: skip


def _tenths(kind: SensorKind, value: int | None) -> Decimal | None:
    if value is None:
        return None
    return Decimal(value) if kind is SensorKind.DOOR else Decimal(value).scaleb(-1)


async def _in_chunks(rows: AsyncIterator[Mapping[str, Any]]) -> Chunks:
    chunk: list[Mapping[str, Any]] = []
    async for row in rows:
        chunk.append(row)
        if len(chunk) == ROWS_A_READ:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


_BREACH = (
    Column("breach", Words("超标", "Out of bounds"), width=16),
    Column("bound", Words("限值", "Bound"), Kind.DECIMAL),
    Column("degree_minutes", Words("超标度·分钟", "Degree-minutes"), Kind.INTEGER),
    Column("state", Words("处理状态", "State"), width=16),
    Column("cause", Words("原因", "Cause"), width=16),
    Column("done", Words("处理措施", "What was done"), width=40),
    Column("by", Words("处理人", "By"), width=12),
)
_SENSOR = Column("sensor", Words("传感器", "Sensor"), width=14)
_MEASURE = Column("measure", Words("测量项", "Measures"), width=10)
_FROM = Column("from", Words("开始", "From"), Kind.MOMENT)
_UNTIL = Column("until", Words("结束", "Until"), Kind.MOMENT)
_LOW = Column("low", Words("最低", "Lowest"), Kind.DECIMAL)
_HIGH = Column("high", Words("最高", "Highest"), Kind.DECIMAL)
_UNIT = Column("unit", Words("单位", "Unit"), width=8)

LOG = Exportable(
    code="climate_log", words=Words("库间温湿度记录", "Log of a room's climate"), capability=Capability.STORAGE_READ,
    at="/storage/climate", form=LogChoice,
    columns=(
        _SENSOR, Column("calibrated_on", Words("校准日期", "Calibrated on"), Kind.DAY), _MEASURE, _FROM, _UNTIL, _LOW,
        Column("mean", Words("平均", "Mean"), Kind.DECIMAL), _HIGH, _UNIT,
        Column("readings", Words("读数个数", "Readings"), Kind.INTEGER),
        Column("out_minutes", Words("超出范围分钟数", "Minutes out of bounds"), Kind.INTEGER), *_BREACH,
    ),
    chunks=_log,
    needs_choice=True,
)  # fmt: skip

BREACHES = Exportable(
    code="breaches", words=Words("温湿度超标", "Rooms out of bounds"), capability=Capability.STORAGE_READ,
    at="/storage/climate/breaches", form=BreachSearch,
    columns=(
        Column("site", Words("站点", "Site")), Column("room", Words("库间", "Room")), _SENSOR, _MEASURE, _FROM, _UNTIL, _LOW, _HIGH,
        _UNIT, *_BREACH,
    ),
    chunks=_breaches,
)  # fmt: skip

SENSORS = Exportable(
    code="sensors", words=Words("传感器", "Sensors"), capability=Capability.STORAGE_READ, at="/storage/climate", form=NoChoices,
    columns=SENSOR_SPEC.columns, chunks=_sensors,
)  # fmt: skip

READINGS = Exportable(
    code="readings", words=Words("温湿度读数", "Readings"), capability=Capability.CLIMATE_RECORD, at="/storage/climate", form=NoChoices,
    columns=READING_SPEC.columns, chunks=_readings,
)  # fmt: skip

SEASON = Exportable(
    code="climate_season", words=Words("库温季度总表", "A season in the cold"), capability=Capability.STORAGE_READ,
    at="/storage/climate/report", form=SeasonSearch,
    columns=(
        Column("site", Words("站点", "Site")), Column("breaches", Words("超标次数", "Times out of bounds"), Kind.INTEGER),
        Column("out_minutes", Words("超标分钟数", "Minutes out of bounds"), Kind.INTEGER),
        Column("degree_minutes", Words("超标度·分钟", "Degree-minutes"), Kind.INTEGER),
        Column("unsettled", Words("未处理", "Not settled"), Kind.INTEGER),
        Column("first_on", Words("首次抄表", "Meter first read on"), Kind.DAY),
        Column("last_on", Words("末次抄表", "Meter last read on"), Kind.DAY),
        Column("kwh", Words("用电", "Power"), Kind.DECIMAL, unit=Words("度", "kWh")),
        Column("each", Words("每吨每月用电", "For a tonne and month"), Kind.DECIMAL, unit=Words("度", "kWh")),
    ),
    chunks=_season,
)  # fmt: skip

EXPORTABLES = (LOG, BREACHES, SENSORS, READINGS, SEASON)
