"""Breaches: somebody takes one on, says what it was and what was done, and settles it; also when its sensor is dead."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.climate import breach_queries, sensor_queries
from pepperchain.climate.breach_queries import BreachRow
from pepperchain.climate.code_rules import BreachState, Cause
from pepperchain.climate.rules import Run
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_

TABLE = "climate_breach"


@db.unit_of_work
async def acknowledge(actor: Actor, *, id: int, version: int, now: datetime) -> None:
    """Somebody is on it."""
    before = await _own(actor, id, {BreachState.OPEN}, N_("Somebody is on it already."))
    await registry.revise(
        TABLE, id, version, state=BreachState.ACKNOWLEDGED, acknowledged_at=now, acknowledged_by=actor.name
    )
    await _record(actor, "breach.acknowledged", before, {}, now)


@db.unit_of_work
async def explain(actor: Actor, *, id: int, version: int, cause: Cause, done: str, now: datetime) -> None:
    """What it was and what was done. May be put better until the breach is settled."""
    going = {BreachState.OPEN, BreachState.ACKNOWLEDGED, BreachState.EXPLAINED}
    before = await _own(actor, id, going, N_("This is settled already."))
    taken_on: dict[str, Any] = (
        {} if before.acknowledged_at is not None else {"acknowledged_at": now, "acknowledged_by": actor.name}
    )
    await registry.revise(
        TABLE,
        id,
        version,
        state=BreachState.EXPLAINED,
        explained_at=now,
        explained_by=actor.name,
        cause=cause,
        done=done,
        **taken_on,
    )
    await _record(actor, "breach.explained", before, {"cause": cause, "done": done}, now)


@db.unit_of_work
async def close(actor: Actor, *, id: int, version: int, now: datetime) -> None:
    """Settles it. What the sensor says after this moment is another breach, should it still be beyond the bounds."""
    before = await _own(actor, id, {BreachState.EXPLAINED}, N_("Say first what it was and what was done."))
    columns: dict[str, Any] = {"state": BreachState.CLOSED, "closed_at": now, "closed_by": actor.name}
    if before.ended_at is None:
        columns |= await _cut(before, now)
    await registry.revise(TABLE, id, version, **columns)
    await _record(actor, "breach.closed", before, {}, now)


async def _cut(breach: BreachRow, now: datetime) -> dict[str, Any]:
    """Ends a breach that goes on, since its sensor may never say that it is over."""
    sensor = (await sensor_queries.standing_by_id([breach.sensor_id]))[0]
    now_ms = clock.to_ms(now)
    if breach.side == 0:
        # The sensor stays known as silent until it is heard again, and is not told of twice.
        return {"ended_at": now_ms, "last_at": now_ms}
    cut = max(now_ms, breach.last_at)
    ended: Run | None = sensor.fold().end(cut)
    await db.execute(
        "UPDATE climate_state SET side = 0, since_at = NULL, run_low = NULL, run_high = NULL, run_excess = 0, cut_at = :cut,"
        " breach_id = NULL WHERE sensor_id = :id",
        cut=cut,
        id=sensor.id,
    )
    if ended is None:
        return {"cut_at": cut, "ended_at": cut}
    return {"cut_at": cut, "ended_at": ended.ended, "degree_minutes": ended.degree_minutes}


async def _own(actor: Actor, id: int, states: Iterable[BreachState], otherwise: str) -> BreachRow:
    actor.require(Capability.CLIMATE_RECORD)
    seen = await breach_queries.breach(actor, id)
    await sensor_queries.own_room(actor, seen.room_id)
    # Readings may be changing it: sensors are locked before their breaches, as there.
    await sensor_queries.standing_by_id([seen.sensor_id])
    before = await breach_queries.breach(actor, id)
    if before.state not in states:
        raise Refused(otherwise)
    return before


async def _record(actor: Actor, verb: str, breach: BreachRow, facts: dict[str, Any], now: datetime) -> None:
    await trail.record(
        actor, verb, subject="breach", subject_id=breach.id, township_id=breach.township_id, now=now,
        facts={"room": breach.room_id, **facts},
    )  # fmt: skip
