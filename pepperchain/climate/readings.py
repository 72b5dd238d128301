"""Readings: taken in batches, each once, and taken back where a sheet was wrong."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.climate import counting, sensor_queries
from pepperchain.climate.code_rules import Reason
from pepperchain.climate.rules import DAY_MS, Rejected, Sample, figures, in_range
from pepperchain.climate.sensor_queries import Standing
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Refused
from pepperchain.storage.rules import content_hash

_COLUMNS = ("sensor_id", "taken_at", "value", "township_id")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: how many readings were new, how many known, which were not taken and why."""

    id: UUID
    fresh: int
    known: int
    refused: tuple[Rejected, ...]
    repeated: bool = False


@db.unit_of_work
async def take(
    actor: Actor, *, id: UUID, samples: Sequence[Sample], unread: Sequence[Rejected] = (), content: str, now: datetime
) -> Taken:  # fmt: skip
    """Takes what can be taken of a batch, in any order. The same batch again gets the same answer; Conflict: other contents.

    A sensor of another organization is as unknown as one that does not exist. Batches of machines are on record as batches, and leave
    no row in the trail; what people type or bring in sheets does.
    """
    actor.require(Capability.CLIMATE_RECORD)
    content = content_hash(content)
    before = await _repeated(id, content)
    if before is not None:
        return before
    taken = Taken(id, *await take_in(actor, samples, unread, now=now))
    refused = json.dumps([(each.row, each.sensor, each.reason.value) for each in taken.refused])
    written = await db.execute(
        "INSERT INTO climate_batch (id, operator_id, user_id, received_at, fresh, known, refused, content_hash)"
        " VALUES (:id, :operator, :user, :now, :fresh, :known, :refused, :content) ON CONFLICT DO NOTHING",
        id=id, operator=actor.organization_id, user=actor.user_id, now=now, fresh=taken.fresh, known=taken.known,
        refused=refused, content=content,
    )  # fmt: skip
    if not written:
        # The same batch came twice at the same moment, and the other one was quicker: all of this was known by now.
        before = await _repeated(id, content)
        assert before is not None, "a batch was refused by a row that is not there"
        return before
    return taken


@db.unit_of_work
async def enter(actor: Actor, *, id: UUID, sample: Sample, content: str, now: datetime) -> Taken:
    """One reading that somebody typed. Refused: it cannot be; then nothing of it is kept, so that the form can be sent again."""
    taken = await take(actor, id=id, samples=[sample], content=content, now=now)
    for rejected in taken.refused:
        raise Refused(rejected.reason.label, "degrees")
    if not taken.repeated:
        await trail.record(
            actor, "readings.entered", subject="readings", subject_id=id, now=now,
            facts={"sensor": sample.sensor, "readings": taken.fresh},
        )  # fmt: skip
    return taken


async def _repeated(id: UUID, content: str) -> Taken | None:
    rows = await db.tuples(
        "SELECT fresh, known, refused, content_hash FROM climate_batch WHERE id = :id", id=id
    )
    if not rows:
        return None
    fresh, known, refused, there = rows[0]
    if there != content:
        raise Conflict("This was sent before with other contents.")
    rejected = tuple(Rejected(row, sensor, Reason(reason)) for row, sensor, reason in json.loads(refused))
    return Taken(id, fresh, known, rejected, repeated=True)


async def take_in(
    actor: Actor, samples: Sequence[Sample], unread: Iterable[Rejected] = (), *, now: datetime
) -> tuple[int, int, tuple[Rejected, ...]]:
    """The readings themselves, inside a verb's unit of work: how many were new, how many known, and what was not taken."""
    sensors = {
        each.code: each for each in await sensor_queries.standing(actor, {each.sensor for each in samples})
    }
    by_sensor: dict[str, dict[int, int]] = {}
    refused, known = list(unread), 0
    rows_of: dict[tuple[str, int], list[int]] = {}
    for sample in samples:
        verdict = judged(sample, sensors.get(sample.sensor), now)
        if isinstance(verdict, Reason):
            refused.append(Rejected(sample.row, sample.sensor, verdict))
            continue
        brought_so_far = by_sensor.setdefault(sample.sensor, {})
        first = brought_so_far.setdefault(sample.at, verdict)
        if first != verdict:
            refused.append(Rejected(sample.row, sample.sensor, Reason.DIFFERS))
        elif (sample.sensor, sample.at) in rows_of:
            known += 1
        else:
            rows_of[sample.sensor, sample.at] = [sample.row]
    count, fresh = counting.Count(), 0
    new_rows: list[tuple[int, int, int, int]] = []
    out_of_turn: list[tuple[Standing, list[int]]] = []
    for code in sorted(by_sensor, key=lambda each: sensors[each].id):
        sensor, brought = sensors[code], by_sensor[code]
        for at, value in (await there(sensor, brought)).items():
            if brought.pop(at) == value:
                known += 1
            else:
                refused += [Rejected(row, code, Reason.DIFFERS) for row in rows_of[code, at]]
        if not brought:
            continue
        fresh += len(brought)
        new_rows += [(sensor.id, at, value, sensor.township_id) for at, value in sorted(brought.items())]
        if sensor.last_at is not None and min(brought) <= max(sensor.last_at, sensor.cut_at or 0):
            out_of_turn.append((sensor, sorted(brought)))
        else:
            await counting.go_on(count, sensor, sorted(brought.items()), now=now)
    await db.insert_many("climate_reading", _COLUMNS, new_rows)
    await count.write()
    for sensor, moments in out_of_turn:
        await counting.count_again(sensor, moments, now=now)
    return fresh, known, tuple(sorted(refused, key=lambda each: each.row))


def judged(sample: Sample, sensor: Standing | None, now: datetime) -> int | Reason:
    """The value that the sensor measured, or why it cannot have."""
    if sensor is None:
        return Reason.UNKNOWN_SENSOR
    value = sample.value(sensor.kind)
    if value is None:
        return Reason.OTHER_MEASURE
    if not in_range(sensor.kind, value):
        return Reason.OUT_OF_RANGE
    now_ms = clock.to_ms(now)
    if sample.at > now_ms + figures().future_seconds_max * 1000:
        return Reason.FUTURE
    if sample.at < now_ms - figures().raw_days * DAY_MS + counting.RAW_MARGIN_MS:
        return Reason.TOO_OLD
    if sample.at < sensor.active_from or (
        sensor.active_until is not None and sample.at >= sensor.active_until
    ):
        return Reason.NOT_IN_USE
    return value


async def there(sensor: Standing, brought: Collection[int]) -> dict[int, int]:
    """Of some moments those for which a value is known, and the value."""
    earlier = [] if sensor.last_at is None else [at for at in brought if at <= sensor.last_at]
    if not earlier:
        return {}
    rows = await db.tuples(
        "SELECT taken_at, value FROM climate_reading WHERE sensor_id = :id AND taken_at IN :moments",
        id=sensor.id,
        moments=earlier,
    )
    return dict(rows)


@db.unit_of_work
async def bring(actor: Actor, *, samples: Sequence[Sample], now: datetime) -> None:
    """Readings of a sheet, that were found to be new when it was looked at. Conflict: some of them are known by now, or cannot be."""
    actor.require(Capability.CLIMATE_RECORD)
    fresh, _, _ = await take_in(actor, samples, now=now)
    if fresh != len(samples):
        raise Conflict("Other readings came in meanwhile. Bring the file again.")


@db.unit_of_work
async def note_brought(actor: Actor, *, count: int, now: datetime) -> None:
    """One entry of the trail for all readings of a sheet."""
    actor.require(Capability.CLIMATE_RECORD)
    await trail.record(
        actor, "readings.brought", subject="readings", subject_id=clock.to_ms(now), now=now, facts={"readings": count, "sheet": True}
    )  # fmt: skip


@db.unit_of_work
async def take_back(actor: Actor, *, readings: Sequence[tuple[int, int]], now: datetime) -> None:
    """Takes out readings (sensor, moment) that a wrong sheet brought, as if they had never come."""
    actor.require(Capability.CLIMATE_RECORD)
    moments: dict[int, list[int]] = {}
    for sensor_id, at in readings:
        moments.setdefault(sensor_id, []).append(at)
    for sensor in await sensor_queries.standing_by_id(sorted(moments)):
        await sensor_queries.own_sensor(actor, sensor.id)
        gone = moments[sensor.id]
        await db.execute(
            "DELETE FROM climate_reading WHERE sensor_id = :id AND taken_at IN :moments",
            id=sensor.id,
            moments=gone,
        )
        await counting.count_again(sensor, gone, now=now)
    await trail.record(
        actor,
        "readings.taken_back",
        subject="readings",
        subject_id=clock.to_ms(now),
        now=now,
        facts={"readings": len(readings)},
    )
