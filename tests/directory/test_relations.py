"""Relations between organizations, from a day to a day."""

from datetime import timedelta
from typing import Any

import pytest

from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import relations
from pepperchain.directory.organization_queries import relations_of
from tests.directory.registry import ADMIN, NOW, TODAY, Registry


def supplies(registry: Registry, **more: Any) -> dict[str, Any]:
    """Cooperative A supplies the processor."""
    told = {
        "from_id": registry.cooperative_a,
        "to_id": registry.processor,
        "kind": "supplies",
        "started_on": TODAY,
    }
    return {"id": new_id(), "now": NOW, **told, **more}


async def test_a_relation_is_seen_from_both_ends(registry: Registry) -> None:
    form = supplies(registry)
    one, two = [await relations.relate(ADMIN, **form) for _ in range(2)]
    assert (one.id, two.repeated) == (two.id, True)
    (out,) = await relations_of(ADMIN, registry.cooperative_a)
    (back,) = await relations_of(ADMIN, registry.processor)
    assert (out.outgoing, out.other, back.outgoing, back.other) == (True, "青麻叙食品", False, "青岚坪合作社")


async def test_the_same_relation_is_open_once_and_can_begin_again_after_its_end(registry: Registry) -> None:
    one = await relations.relate(ADMIN, **supplies(registry))
    with pytest.raises(Refused):
        await relations.relate(ADMIN, **supplies(registry))
    with pytest.raises(Refused):
        await relations.end(ADMIN, id=one.id, version=1, on=TODAY - timedelta(days=1), now=NOW)
    with pytest.raises(Conflict):
        await relations.end(ADMIN, id=one.id, version=2, on=TODAY, now=NOW)
    assert await relations.end(ADMIN, id=one.id, version=1, on=TODAY, now=NOW) == registry.cooperative_a
    with pytest.raises(Refused):
        await relations.end(ADMIN, id=one.id, version=2, on=TODAY, now=NOW)
    await relations.relate(ADMIN, **supplies(registry))
    assert [row.ended_on is None for row in await relations_of(ADMIN, registry.processor)] == [True, False]


async def test_nonsense_is_refused(registry: Registry) -> None:
    for more in (
        {"kind": "likes"},
        {"to_id": registry.cooperative_a},
        {"started_on": TODAY + timedelta(days=1)},
    ):
        with pytest.raises(Refused):
            await relations.relate(ADMIN, **supplies(registry, **more))
    with pytest.raises(Missing):
        await relations.relate(ADMIN, **supplies(registry, to_id=10**9))
    with pytest.raises(Missing):
        await relations.end(ADMIN, id=10**9, version=1, on=TODAY, now=NOW)
    with pytest.raises(NotYours):
        await relations.relate(registry.leader_a, **supplies(registry))
