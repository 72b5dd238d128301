"""Sheets of sensors and of their readings: judged, written once, taken back, and given out as they came."""

from datetime import timedelta
from pathlib import Path

from pepperchain.core import clock, db
from pepperchain.excel.judging import Verdict
from pepperchain.imports import queries
from pepperchain.imports.queries import BatchRow
from pepperchain.imports.rules import State
from pepperchain.seeds import cooling
from tests.exports.taking import take
from tests.harness import cast
from tests.imports.files import NOW, checked, committed, rows, undone, workbook

SENSORS = ["站点", "库房", "编号", "测量项", "校准日期"]
READINGS = ["传感器", "时间", "温度(℃)", "湿度", "门"]


def ago(minutes: int) -> str:
    return f"{clock.local(NOW - timedelta(minutes=minutes)):%Y-%m-%d %H:%M}"


async def state() -> tuple[object, ...]:
    return (
        await db.tuples(
            "SELECT sensor_id, taken_at, value FROM climate_reading ORDER BY sensor_id, taken_at"
        ),
        await db.tuples("SELECT * FROM climate_bucket ORDER BY sensor_id, step, starts_at"),
        await db.tuples("SELECT kind, started_at, ended_at, degree_minutes FROM climate_breach ORDER BY id"),
        await db.tuples(
            "SELECT sensor_id, last_at, last_value, side, since_at, run_excess FROM climate_state ORDER BY sensor_id"
        ),
    )


async def wrong(batch: BatchRow) -> list[int]:
    return [row.row_number for row in await rows(batch) if row.verdict is Verdict.WRONG]


async def test_readings_of_a_logger_come_once_and_can_be_taken_back(village: str, tmp_path: Path) -> None:
    await cooling.load(now=NOW, days=1)
    keeper = await cast.actor(cast.STOREKEEPER)
    before = await state()
    lines = [
        ["NC-01", ago(190 - minutes), 7.5 if minutes < 100 else "2", "", ""] for minutes in range(0, 120, 10)
    ]
    path = workbook(tmp_path / "log.xlsx", READINGS, lines)
    batch = await committed(keeper, "readings", path)
    assert (batch.state, batch.creates) == (State.COMMITTED, 12)
    assert await state() != before
    again = await checked(keeper, "readings", path)
    assert (again.creates, again.unchanged) == (0, 12)
    assert (await undone(keeper, batch)).state is State.UNDONE
    assert await state() == before


async def test_what_cannot_be_is_wrong_row_by_row(village: str, tmp_path: Path) -> None:
    await cooling.load(now=NOW, days=0)
    keeper = await cast.actor(cast.STOREKEEPER)
    lines = [
        ["NC-01", ago(30), "2.1", "", ""],
        ["NC-01", ago(30), "2.2", "", ""],
        ["BP-01", ago(30), "2.1", "", ""],
        ["NC-01", ago(-30), "2.1", "", ""],
        ["NC-01", ago(40), "9999", "", ""],
        ["NC-01", ago(50), "", "", ""],
        ["NC-01", ago(60), "2.13", "", ""],
        ["NC-01", ago(70), "", "50", ""],
        ["NC-01", ago(80), "0", "", ""],
    ]
    batch = await checked(keeper, "readings", workbook(tmp_path / "log.xlsx", READINGS, lines))
    assert await wrong(batch) == [3, 4, 5, 6, 7, 8, 9]
    assert batch.creates == 2


async def test_sensors_come_change_and_go(village: str, tmp_path: Path) -> None:
    keeper = await cast.actor(cast.STOREKEEPER)
    site, room = (
        await db.tuples(
            "SELECT s.name, r.name FROM storage_room r JOIN directory_site s ON s.id = r.site_id WHERE s.operator_id = :id"
            " ORDER BY r.id LIMIT 1",
            id=keeper.organization_id,
        )
    )[0]
    first = workbook(
        tmp_path / "a.xlsx",
        SENSORS,
        [[site, room, "LK-1", "温度", ""], [site, room, "LK-2", "门磁", "2026-01-05"]],
    )
    made = await committed(keeper, "sensors", first)
    assert made.creates == 2
    second = workbook(
        tmp_path / "b.xlsx", SENSORS, [[site, room, "LK-1", "", "2026-02-01"], [site, "没有", "LK-3", "", ""]]
    )
    looked = await checked(keeper, "sensors", second)
    assert (looked.updates, looked.wrong) == (1, 1)
    exported = tmp_path / "out.xlsx"
    assert await take(keeper, "sensors", exported) >= 2
    assert (await checked(keeper, "sensors", exported)).unchanged == 2
    assert (await undone(keeper, made)).state is State.UNDONE
    assert await db.scalar("SELECT COUNT(*) FROM climate_sensor") == 0
    assert await queries.mistakes(looked.id, limit=10)


async def test_readings_given_out_change_nothing_when_they_come_back(village: str, tmp_path: Path) -> None:
    await cooling.load(now=NOW, days=1)
    keeper = await cast.actor(cast.STOREKEEPER)
    path = tmp_path / "out.csv"
    count = await take(keeper, "readings", path)
    batch = await checked(keeper, "readings", path)
    assert (batch.unchanged, batch.creates, batch.wrong) == (count, 0, 0)
