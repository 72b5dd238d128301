"""A process that does whatever batch waits, to be killed in the middle of it."""

import asyncio
import sys

from pepperchain.core import clock, db, migrating
from pepperchain.imports import working


async def main(url: str) -> None:
    await db.open(url, migrating.apps())
    print("working", flush=True)
    await working.work(now=clock.now())
    print("done", flush=True)
    await db.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
