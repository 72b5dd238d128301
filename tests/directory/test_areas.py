"""The area tree that every installation begins with."""

from pepperchain.access.actor import SYSTEM
from pepperchain.core import db
from pepperchain.directory import areas, queries
from tests.directory.registry import NOW, Registry


async def test_all_thirty_townships_have_villages_bands_and_a_tile(registry: Registry) -> None:
    townships = await queries.townships()
    assert len(townships) == 30
    assert len({(area.tile_column, area.tile_row) for area in townships}) == 30
    for area in townships:
        villages = await queries.villages(area.id)
        assert 6 <= len(villages) <= 12
        assert all(village.band in "LMH" and village.township_id == area.id for village in villages)
        assert area.township_id == area.id
    assert len(await queries.all_villages()) == sum(
        [len(await queries.villages(area.id)) for area in townships]
    )


async def test_loading_again_writes_nothing(registry: Registry) -> None:
    assert await areas.load(SYSTEM, now=NOW) == 0


async def test_what_differs_from_the_file_is_brought_up_to_date(registry: Registry) -> None:
    @db.unit_of_work
    async def spoil() -> None:
        await db.execute("UPDATE directory_area SET altitude_m = 999 WHERE id = :id", id=registry.baoping)

    await spoil()
    assert await areas.load(SYSTEM, now=NOW) == 1
    assert (await queries.get_area(registry.baoping)).altitude_m == 352


async def test_areas_are_found_by_name(registry: Registry) -> None:
    assert (found := await queries.area_named("先锋镇", "保坪村")) is not None
    assert found.id == registry.baoping
    assert found.called("en") == "Baoping Village"
    assert found.called("zh") == "保坪村"
    assert await queries.area_named("先锋镇", "沙埂村") is None
    assert await queries.area_named("无名镇", "保坪村") is None


def test_bands_follow_the_altitude() -> None:
    assert [areas.band(altitude) for altitude in (299, 300, 499, 500)] == ["L", "M", "M", "H"]
