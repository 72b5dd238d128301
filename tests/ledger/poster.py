"""A process that posts as fast as it can and tells each answered transaction, to be killed in the middle of it."""

import asyncio
import sys
from uuid import UUID

from pepperchain.access.actor import SYSTEM
from pepperchain.core import db, migrating
from pepperchain.core.ids import new_id
from pepperchain.ledger import transactions
from pepperchain.ledger.rules import Leg
from tests.ledger.books import BOOK, NOW, TODAY, opened


async def main(url: str) -> None:
    await db.open(url, migrating.apps())
    at = await opened()

    async def client() -> None:
        while True:
            id = new_id()
            print("sent", id, flush=True)
            await transactions.post(
                SYSTEM,
                id=UUID(str(id)),
                kind="storm",
                book=BOOK,
                legs=[Leg(at.floor, at.source, 10)],
                effective_on=TODAY,
                now=NOW,
            )
            print("done", id, flush=True)

    await asyncio.gather(*(client() for _ in range(16)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
