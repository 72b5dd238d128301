"""The blocks of what is booked: which days can be, what runs out, and who is next."""

from datetime import date, timedelta

import pytest

from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import bookings, queries, space
from pepperchain.storage.rules import planning
from tests.storage.store import NOW, Store

TODAY = date(2026, 6, 10)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last", "begun", "field"),
    [
        (TODAY - DAY, TODAY, False, "from_on"),
        (TODAY + DAY, TODAY, False, "to_on"),
        (TODAY, TODAY + 400 * DAY, True, "to_on"),
    ],
)
def test_days_that_cannot_be_are_refused_at_their_field(
    first: date, last: date, begun: bool, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        space.check_days(first, last, today=TODAY, begun=begun)
    assert refused.value.field == field


def test_what_has_begun_keeps_its_first_day() -> None:
    space.check_days(TODAY - DAY, TODAY, today=TODAY, begun=True)


async def test_a_room_says_how_much_it_has_on_the_tightest_day(store: Store) -> None:
    room = await queries.room(store.clerk, store.small)
    await space.check(room, Grams(60_000), TODAY, TODAY)
    with pytest.raises(space.NoSpace) as refused:
        await space.check(room, Grams(60_001), TODAY, TODAY + DAY)
    assert (refused.value.facts["free"], refused.value.at("amount").field) == (60_000, "amount")


async def test_what_has_run_out_ends_once_and_says_so_in_the_trail(store: Store) -> None:
    await bookings.place(
        store.clerk, id=new_id(), room_id=store.small, form="fresh", grams=Grams(60_000), from_on=TODAY, to_on=TODAY + DAY, now=NOW
    )  # fmt: skip
    later = planning().unused_until(TODAY)

    @db.unit_of_work
    async def settle() -> int:
        return await space.settle(store.small, now=later)

    assert [await settle(), await settle()] == [1, 0]
    assert await db.scalar("SELECT COUNT(*) FROM audit_entry WHERE verb = 'booking.expired'") == 1
