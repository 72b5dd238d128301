"""The week board of four hundred rooms and sixty days against that of four rooms and seven days: a page of each."""

from datetime import timedelta

from benchmarks.districts import Bench, opened
from benchmarks.measures import Figure, Limit, Timing, median, timed
from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core import clock, db
from pepperchain.core.ids import new_id
from pepperchain.storage import queries
from pepperchain.storage.queries import SpaceWanted
from pepperchain.storage.space_forms import SpaceSearch
from pepperchain.web.forms import read

ROOMS, FEW_ROOMS = 400, 4
BOOKINGS = 20_000
TIMES, ROUNDS = 30, 7
GOAL = 6.0
MS_MAX = 30.0


async def measure(bench: Bench, url: str) -> list[Figure | Limit]:
    """What is read for a page; its cells are as many at most, however many days there are."""
    async with bench.copy(url, "board") as ours, opened(ours):
        many, few, township = await _build()
        large, small = [], []
        for _ in range(ROUNDS):
            large.append(await _page(many, township, "60"))
            small.append(await _page(few, township, "7"))
    one, other = median(large).per(TIMES), median(small).per(TIMES)
    told = f"{one.wall * 1000:.1f} ms against {other.wall * 1000:.1f} ms; {BOOKINGS:,} bookings stand"
    return [
        Figure(
            f"a page of the board, {ROOMS} rooms × 60 days",
            f"the board of {FEW_ROOMS} rooms × 7 days",
            one.wall / other.wall,
            GOAL,
            False,
            told,
        ),
        Limit(f"a page of the board, {ROOMS} rooms × 60 days", f"{MS_MAX:g} ms", one.wall * 1000, MS_MAX, "ms", ""),
    ]  # fmt: skip


async def _page(operator: int, township: int, days: str) -> Timing:
    actor = Actor(None, Role.STOREKEEPER, "benchmark", organization_id=operator)
    search = read(SpaceSearch, {"span": days, "form": "fresh"})
    first, last = search.days(clock.local_day(clock.now()))

    async def pages() -> None:
        for _ in range(TIMES):
            await queries.spaces(
                actor, SpaceWanted(form="fresh", near_township_id=township), from_on=first, to_on=last, until=first,
                limit=search.rooms_a_page,
            )  # fmt: skip

    return await timed(pages)


async def _room(site: int, operator: int, township: int, number: int) -> int:
    return await db.insert_id(
        "storage_room", site_id=site, operator_id=operator, township_id=township, name=f"bench-{number:03}", purpose="commercial",
        kind="chilled", forms="fresh", set_point_decidegrees=20, band_decidegrees=20, capacity_grams=100_000_000,
        created_at=clock.now(),
    )  # fmt: skip


async def _build() -> tuple[int, int, int]:
    """An operator with many rooms and one with few, and bookings in all of them."""
    sites = await db.tuples(
        "SELECT MIN(id), operator_id, MIN(township_id) FROM directory_site WHERE closed_on IS NULL"
        " GROUP BY operator_id ORDER BY operator_id LIMIT 2"
    )

    @db.unit_of_work
    async def fill() -> None:
        rooms: list[int] = []
        for (site, operator, township), count in zip(sites, (ROOMS, FEW_ROOMS), strict=True):
            rooms += [await _room(site, operator, township, number) for number in range(count)]
        today = clock.local_day(clock.now())
        for number in range(BOOKINGS):
            first = today + timedelta(days=number % 57)
            await db.insert(
                "storage_booking", id=new_id(), room_id=rooms[number % len(rooms)], organization_id=sites[0][1],
                township_id=sites[0][2], form="fresh", grams=100_000, from_on=first, to_on=first + timedelta(days=number % 5),
                placed_at=clock.now(), content_hash="0" * 32,
            )  # fmt: skip

    await fill()
    return sites[0][1], sites[1][1], sites[0][2]
