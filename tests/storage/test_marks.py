"""What higher rooms add to a room's page and to a lot's: words, a colour, a way there."""

from collections.abc import Mapping
from datetime import datetime

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.storage.marks import Mark, RoomMarks, together
from tests.storage.store import NOW


def test_a_mark_needs_no_more_than_words_and_a_kind() -> None:
    mark = Mark("2.1 °C", "good")
    assert (mark.url, mark.note) == ("", "")


async def test_of_several_what_is_bad_is_shown_and_otherwise_the_first() -> None:
    def saying(**said: Mark) -> RoomMarks:
        async def of_rooms(_actor: Actor, _room_ids: list[int], *, now: datetime) -> Mapping[int, Mark]:
            assert now == NOW
            return {int(room[1:]): mark for room, mark in said.items()}

        return of_rooms

    one = saying(r1=Mark("2.1 °C", "good"), r2=Mark("9 °C", "bad"))
    two = saying(r1=Mark("12 kg", "bad"), r2=Mark("1 kg", "bad"), r3=Mark("fine", "good"))
    found = await together(one, two)(SYSTEM, [1, 2, 3], now=NOW)
    assert {room: mark.words for room, mark in found.items()} == {1: "12 kg", 2: "9 °C", 3: "fine"}
