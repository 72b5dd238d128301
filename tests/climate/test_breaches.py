"""Breaches are taken on, explained and settled by those who run the room, once, also when the sensor is dead."""

import pytest

from pepperchain.climate import breach_queries, breaches
from pepperchain.climate.breach_queries import BreachRow
from pepperchain.climate.code_rules import BreachState, Cause
from pepperchain.core import db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from tests.climate.cold import NOW, Cold
from tests.climate.cold import breaches as found


async def warm(cold: Cold, *, ended: bool = True) -> BreachRow:
    await cold.take([(0, 20), (10, 60), (60, 60), *([(70, 20)] if ended else [])])
    return await latest(cold)


async def latest(cold: Cold) -> BreachRow:
    id = await db.scalar("SELECT id FROM climate_breach ORDER BY started_at DESC, id DESC LIMIT 1")
    return await breach_queries.breach(cold.leader, id)


async def test_it_is_taken_on_explained_and_settled(cold: Cold) -> None:
    breach = await warm(cold)
    await breaches.acknowledge(cold.leader, id=breach.id, version=breach.version, now=NOW)
    await breaches.explain(
        cold.leader, id=breach.id, version=breach.version + 1, cause=Cause.LOADING, done="货已转移", now=NOW
    )
    await breaches.close(cold.leader, id=breach.id, version=breach.version + 2, now=NOW)
    settled = await latest(cold)
    assert settled.state is BreachState.CLOSED
    assert (settled.cause, settled.done, settled.cut_at) == (Cause.LOADING, "货已转移", None)
    verbs = await db.fetch(str, "SELECT verb FROM audit_entry WHERE subject = 'breach' ORDER BY id")
    assert verbs == ["breach.acknowledged", "breach.explained", "breach.closed"]


async def test_it_is_not_settled_before_it_is_explained(cold: Cold) -> None:
    breach = await warm(cold)
    with pytest.raises(Refused):
        await breaches.close(cold.leader, id=breach.id, version=breach.version, now=NOW)


async def test_who_saw_an_older_version_looks_again(cold: Cold) -> None:
    breach = await warm(cold)
    await breaches.acknowledge(cold.leader, id=breach.id, version=breach.version, now=NOW)
    with pytest.raises(Conflict):
        await breaches.explain(
            cold.leader, id=breach.id, version=breach.version, cause=Cause.OTHER, done="x", now=NOW
        )
    with pytest.raises(Refused):
        await breaches.acknowledge(cold.leader, id=breach.id, version=breach.version + 1, now=NOW)


async def test_strangers_find_nothing_and_guests_only_read(cold: Cold) -> None:
    breach = await warm(cold)
    with pytest.raises(Missing):
        await breaches.acknowledge(cold.store.leader_b, id=breach.id, version=1, now=NOW)
    await cold.take([(0, -100)], sensor="F1", actor=cold.keeper)
    id = await db.scalar("SELECT id FROM climate_breach WHERE kind = 'thawing'")
    assert (await breach_queries.breach(cold.leader, id)).id == id  # A stores at the cold store
    with pytest.raises(NotYours):
        await breaches.acknowledge(cold.leader, id=id, version=1, now=NOW)


async def test_a_breach_of_a_dead_sensor_is_settled_by_hand_and_the_next_is_another(cold: Cold) -> None:
    breach = await warm(cold, ended=False)
    assert breach.goes_on
    await breaches.explain(
        cold.leader, id=breach.id, version=breach.version, cause=Cause.SENSOR, done="探头已换", now=NOW
    )
    await breaches.close(cold.leader, id=breach.id, version=breach.version + 1, now=NOW)
    assert [row[3:4] for row in await found(cold.chilled)] == [(80,)]  # a reading speaks for twenty minutes
    later = 2 * 1440
    await cold.take([(later + 1, 60)], now=NOW.replace(minute=NOW.minute + 2))
    await cold.take([(later + 40, 60)], now=NOW.replace(hour=NOW.hour + 1))
    assert [row[1] for row in await found(cold.chilled)] == [10, later + 1]
    await cold.take(
        [(later - 100, 60)], now=NOW.replace(hour=NOW.hour + 1)
    )  # what the dead sensor had still kept
    assert [(row[1], row[7]) for row in await found(cold.chilled)] == [(10, "closed"), (later + 1, "open")]
