"""Sites are entered by those who run them."""

from dataclasses import replace

import pytest

from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.ids import new_id
from pepperchain.directory import queries, sites
from pepperchain.directory.sites import Place
from tests.directory.registry import ADMIN, NOW, TODAY, Registry, grower


def point(registry: Registry) -> Place:
    """A collecting point at Baoping."""
    return Place("collecting_point", "保坪收购点", registry.xianfeng, "bp", village_id=registry.baoping)


async def test_a_leader_enters_a_site_once(registry: Registry) -> None:
    request = new_id()
    one, two = [
        await sites.enter(
            registry.leader_a, id=request, operator_id=registry.cooperative_a, site=point(registry), now=NOW
        )
        for _ in range(2)
    ]
    assert (one.id, two.repeated) == (two.id, True)
    (row,) = await queries.sites_of(registry.leader_a)
    assert (row.name, row.slip_prefix, row.operator, row.township) == (
        "保坪收购点",
        "BP",
        "青岚坪合作社",
        "先锋镇",
    )


async def test_sites_are_seen_by_operators_technicians_and_buyers(registry: Registry) -> None:
    made = await sites.enter(
        ADMIN, id=new_id(), operator_id=registry.cooperative_a, site=point(registry), now=NOW
    )
    for actor in (registry.leader_a, registry.clerk_a, registry.technician, registry.buyer, ADMIN):
        assert (await queries.get_site(actor, made.id)).id == made.id
    for actor in (registry.leader_b, registry.storekeeper, grower(1)):
        with pytest.raises(Missing):
            await queries.get_site(actor, made.id)
        assert await queries.sites_of(actor) == []


async def test_nobody_enters_a_site_for_others(registry: Registry) -> None:
    with pytest.raises(NotYours):
        await sites.enter(
            registry.leader_b, id=new_id(), operator_id=registry.cooperative_a, site=point(registry), now=NOW
        )
    with pytest.raises(NotYours):
        await sites.enter(
            registry.clerk_a, id=new_id(), operator_id=registry.cooperative_a, site=point(registry), now=NOW
        )


async def test_names_and_letters_are_taken_once(registry: Registry) -> None:
    await sites.enter(ADMIN, id=new_id(), operator_id=registry.cooperative_a, site=point(registry), now=NOW)
    for wrong, field in (
        (replace(point(registry), slip_prefix="BQ"), "name"),
        (replace(point(registry), name="保坪二点"), "slip_prefix"),
        (replace(point(registry), name="点", slip_prefix="B-1"), "slip_prefix"),
        (replace(point(registry), kind="palace"), "kind"),
        (replace(point(registry), village_id=registry.shageng), "village_id"),
        (replace(point(registry), township_id=registry.baoping), "township_id"),
    ):
        with pytest.raises(Refused) as refused:
            await sites.enter(ADMIN, id=new_id(), operator_id=registry.cooperative_a, site=wrong, now=NOW)
        assert refused.value.field == field


async def test_a_site_changes_by_its_latest_version_and_keeps_its_letters(registry: Registry) -> None:
    made = await sites.enter(
        ADMIN, id=new_id(), operator_id=registry.cooperative_a, site=point(registry), now=NOW
    )
    better = replace(point(registry), name="保坪集配站", public_benefit=True)
    row = await sites.change(registry.leader_a, id=made.id, version=1, site=better, now=NOW)
    assert (row.name, bool(row.public_benefit)) == ("保坪集配站", True)
    with pytest.raises(Conflict):
        await sites.change(registry.leader_a, id=made.id, version=1, site=better, now=NOW)
    with pytest.raises(Refused):
        await sites.change(
            registry.leader_a, id=made.id, version=2, site=replace(better, slip_prefix="XX"), now=NOW
        )


async def test_a_closed_site_is_no_longer_offered(registry: Registry) -> None:
    made = await sites.enter(
        ADMIN, id=new_id(), operator_id=registry.cooperative_a, site=point(registry), now=NOW
    )
    await sites.close(registry.leader_a, id=made.id, version=1, on=TODAY, now=NOW)
    assert await queries.sites_of(registry.leader_a) == []
    assert len(await queries.sites_of(registry.leader_a, closed=True)) == 1
    with pytest.raises(Refused):
        await sites.close(registry.leader_a, id=made.id, version=2, on=TODAY, now=NOW)
