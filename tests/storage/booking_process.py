"""A process of its own that books: `booking_process.py URL FIRST_DAY ROUNDS BOOKERS ORGANIZATION ROOM…`. Says how many it got."""

import asyncio
import sys
from datetime import date, timedelta

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core import db, migrating
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.storage import bookings
from tests.storage.store import NOW

GRAMS = Grams(3_000)


async def one(actor: Actor, room_id: int, on: date) -> bool:
    try:
        await bookings.place(
            actor, id=new_id(), room_id=room_id, form="fresh", grams=GRAMS, from_on=on, to_on=on, now=NOW
        )
    except Refused:
        return False
    return True


async def main(url: str, first: date, rounds: int, bookers: int, organization: int, rooms: list[int]) -> None:
    await db.open(url, migrating.apps())
    actor = Actor(None, Role.COOP_CLERK, "booker", organization_id=organization)
    got = 0
    for number in range(rounds):
        room_id, on = rooms[number % len(rooms)], first + timedelta(days=number // len(rooms))
        got += sum(await asyncio.gather(*(one(actor, room_id, on) for _ in range(bookers))))
    await db.close()
    sys.stdout.write(f"{got}\n")


if __name__ == "__main__":
    url, first, rounds, bookers, organization, *rooms = sys.argv[1:]
    asyncio.run(
        main(
            url,
            date.fromisoformat(first),
            int(rounds),
            int(bookers),
            int(organization),
            [int(each) for each in rooms],
        )
    )
