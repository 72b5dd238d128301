"""A process of its own that reads and writes one counter, for the test that runs several of them at once."""

import asyncio
import sys

from pepperchain.core import db, migrating


@db.unit_of_work
async def read_then_write() -> None:
    """What fails under a deferred BEGIN: a read, then a write that depends on it."""
    value = await db.scalar("SELECT value FROM core_counter WHERE scope = 'shared'")
    await db.execute("UPDATE core_counter SET value = :value WHERE scope = 'shared'", value=value + 1)


async def main(url: str, times: int) -> None:
    await db.open(url, migrating.apps())
    for _ in range(times):
        await read_then_write()
    await db.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
