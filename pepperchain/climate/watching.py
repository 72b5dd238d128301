"""What no reading tells: sensors that have fallen silent, doors that nobody has closed; and sweeping what was kept long enough."""

from datetime import datetime, timedelta

from pepperchain.climate import alarms, finding, sensor_queries
from pepperchain.climate.code_rules import BreachKind, BreachState
from pepperchain.climate.rules import figures
from pepperchain.core import clock, db

AT_ONCE = 200
ROUNDS_MAX = 50
SWEEP_TURNS = 20


async def watch(*, now: datetime) -> int:
    """Sensors that are silent and doors that stand open for too long, each once; how many were found."""
    found = 0
    for turn in (silences, doors):
        for _ in range(ROUNDS_MAX):
            some = await turn(now=now)
            found += some
            if some < AT_ONCE:
                break
    return found


@db.unit_of_work
async def silences(*, now: datetime) -> int:
    """Sensors in use that have not been heard for as long as each of them may be silent."""
    due = await db.fetch(
        int,
        "SELECT st.sensor_id FROM climate_state st JOIN climate_sensor s ON s.id = st.sensor_id JOIN storage_room r ON r.id = s.room_id"
        " WHERE st.silence_id IS NULL AND st.due_at <= :now AND s.active_from <= :today"
        " AND (s.active_until IS NULL OR s.active_until >= :today) AND r.closed_on IS NULL ORDER BY st.due_at, st.sensor_id LIMIT :most",
        now=now,
        today=clock.local_day(now),
        most=AT_ONCE,
    )
    now_ms = clock.to_ms(now)
    for sensor in await sensor_queries.standing_by_id(due) if due else []:
        since = sensor.active_from if sensor.last_at is None else sensor.last_at
        if sensor.silence_id is not None or since + sensor.silent_minutes * 60_000 > now_ms:
            continue  # heard while we looked
        breach_id = await db.insert_id(
            "climate_breach", sensor_id=sensor.id, room_id=sensor.room_id, operator_id=sensor.operator_id,
            township_id=sensor.township_id, kind=BreachKind.SILENT, side=0, started_at=since, last_at=now_ms,
            state=BreachState.OPEN, found_at=now,
        )  # fmt: skip
        await db.execute(
            "UPDATE climate_state SET silence_id = :breach WHERE sensor_id = :id",
            breach=breach_id,
            id=sensor.id,
        )
        await alarms.raise_for(
            breach_id, sensor.room_id, sensor.operator_id, sensor.township_id, BreachKind.SILENT, now=now
        )
    return len(due)


@db.unit_of_work
async def doors(*, now: datetime) -> int:
    """Doors that were opened and of which nothing was heard since."""
    patience = timedelta(minutes=figures().door_minutes)
    due = await db.fetch(
        int,
        "SELECT st.sensor_id FROM climate_state st WHERE st.kind = 'door' AND st.side = 1 AND st.breach_id IS NULL"
        " AND st.since_at <= :since ORDER BY st.since_at, st.sensor_id LIMIT :most",
        since=now - patience,
        most=AT_ONCE,
    )
    for sensor in await sensor_queries.standing_by_id(due) if due else []:
        if (
            sensor.run is None
            or sensor.breach_id is not None
            or not sensor.run.is_breach(sensor.within, now_ms=clock.to_ms(now))
        ):
            continue  # closed while we looked
        breach_id = await finding.keep(sensor, sensor.run, None, now=now)
        await db.execute(
            "UPDATE climate_state SET breach_id = :breach WHERE sensor_id = :id",
            breach=breach_id,
            id=sensor.id,
        )
    return len(due)


async def sweep(*, now: datetime) -> int:
    """Single readings that were kept long enough, and batches that nobody will send again, some thousand in a turn; how many went."""
    gone = 0
    for _ in range(SWEEP_TURNS):
        some = await sweep_readings(now=now)
        gone += some
        if some < figures().sweep_rows:
            break
    return gone + await sweep_batches(now=now)


@db.unit_of_work
async def sweep_readings(*, now: datetime) -> int:
    """One turn: the oldest readings of the sensors that have any which are too old. Buckets and breaches stay."""
    until, left = now - timedelta(days=figures().raw_days), figures().sweep_rows
    sensors = await db.fetch(
        int,
        "SELECT s.id FROM climate_sensor s WHERE EXISTS (SELECT 1 FROM climate_reading x WHERE x.sensor_id = s.id AND x.taken_at < :until)"
        " ORDER BY s.id LIMIT 100",
        until=until,
    )
    gone = 0
    for id in sensors:
        last = await db.scalar(
            "SELECT MAX(taken_at) FROM (SELECT taken_at FROM climate_reading WHERE sensor_id = :id AND taken_at < :until"
            " ORDER BY taken_at LIMIT :most) AS oldest",
            id=id, until=until, most=left,
        )  # fmt: skip
        some = await db.execute_long(
            "DELETE FROM climate_reading WHERE sensor_id = :id AND taken_at <= :last", id=id, last=last
        )
        gone += some
        left -= some
        if left <= 0:
            break
    return gone


@db.unit_of_work
async def sweep_batches(*, now: datetime) -> int:
    """Answers that nobody will ask for again."""
    return await db.execute_long(
        "DELETE FROM climate_batch WHERE id IN (SELECT id FROM climate_batch WHERE received_at < :until ORDER BY received_at LIMIT :most)",
        until=now - timedelta(days=figures().batches_days),
        most=figures().sweep_rows * SWEEP_TURNS,
    )
