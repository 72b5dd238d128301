"""What was deleted is no more, in the files either.

SQLite overwrites what is deleted (`secure_delete`), but its write-ahead log keeps what pages held before; PostgreSQL takes back the room
of dead rows when it vacuums.
"""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from pepperchain.core import db, sqlite_engine

WAIT_SECONDS = 5


async def scrub() -> bool:
    """Empties the write-ahead log; whether it could. False while somebody reads or writes for long: try again."""
    client = db.client()
    if not isinstance(client, sqlite_engine.Client):
        return True
    return await asyncio.to_thread(_emptied, Path(client.filename))


def _emptied(file: Path) -> bool:
    with closing(sqlite3.connect(file, timeout=WAIT_SECONDS)) as connection:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
