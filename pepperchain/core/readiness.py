"""Whether the open database can be worked with: reachable, migrated, and taking writes."""

import asyncio
import sqlite3
from dataclasses import dataclass
from importlib import metadata

import asyncpg
from tortoise.exceptions import OperationalError

from pepperchain.core import db, migrating
from pepperchain.core.errors import Refused
from pepperchain.core.sqlite_engine import Client

ANSWER_SECONDS_MAX = 2

_RECORDS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'tortoise_migrations'",
    "postgres": "SELECT to_regclass('tortoise_migrations')::text",
}


async def unmigrated() -> list[str]:
    """The names of migrations that the open database has not had."""
    if await db.scalar(_RECORDS[db.dialect()]) is None:
        return sorted(migrating.known())
    had = {f"{app}.{name}" for app, name in await db.tuples("SELECT app, name FROM tortoise_migrations")}
    return sorted(migrating.known() - had)


async def problem() -> Refused | None:
    """Why nobody should be sent here now, in one sentence; None when all is well. It takes a few seconds at most."""
    try:
        waiting = await asyncio.wait_for(unmigrated(), ANSWER_SECONDS_MAX)
        if waiting:
            return Refused(
                "The database has not had %(count)s migrations: run `pepperchain migrate`.",
                count=len(waiting),
            )
        client = db.client()
        if isinstance(client, Client):
            return await asyncio.to_thread(_locked, client.filename)
        if await asyncio.wait_for(db.scalar("SELECT pg_is_in_recovery()"), ANSWER_SECONDS_MAX):
            return Refused("The database is a copy that takes no writes.")
    except (TimeoutError, OSError, OperationalError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return Refused("The database does not answer (%(error)s).", error=type(error).__name__)
    return None


async def damage() -> list[str]:
    """What is wrong with the database as a whole, whatever it holds; it reads all of it."""
    if db.dialect() != "sqlite":
        return []
    found = [str(row[0]) for row in await db.tuples("PRAGMA quick_check(20)") if row[0] != "ok"]
    orphans = await db.tuples("PRAGMA foreign_key_check")
    return found + [
        f"a row of {table} refers to a row of {parent} that is not there"
        for table, _, parent, _ in orphans[:20]
    ]


async def hasty() -> list[str]:
    """The settings by which a PostgreSQL answers before what it answers is on disk. SQLite's are ours, and are not hasty."""
    if db.dialect() == "sqlite":
        return []
    off = await db.tuples(
        "SELECT name FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') AND setting = 'off'"
    )
    return sorted(name for (name,) in off)


def _locked(filename: str) -> Refused | None:
    """Tries for the write lock on a connection of its own; `Writer` would wait far longer than a probe may."""
    connection = sqlite3.connect(
        f"file:{filename}?mode=rw", uri=True, timeout=ANSWER_SECONDS_MAX, isolation_level=None
    )
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return Refused("The database is locked by another program.")
    finally:
        connection.close()
    return None


@dataclass(frozen=True, slots=True)
class Facts:
    """What operators ask first."""

    version: str
    engine: str
    megabytes: int
    newest_migration: str
    timers_until: int | None


_BYTES = {
    "sqlite": "SELECT (SELECT page_count FROM pragma_page_count()) * (SELECT page_size FROM pragma_page_size())",
    "postgres": "SELECT pg_database_size(current_database())",
}
_ENGINE = {
    "sqlite": "SELECT 'SQLite ' || sqlite_version()",
    "postgres": "SELECT 'PostgreSQL ' || current_setting('server_version')",
}


async def facts() -> Facts:
    """Version, engine, size, newest migration, and until when some process has the timers."""
    dialect = db.dialect()
    newest = await db.tuples("SELECT app, name FROM tortoise_migrations ORDER BY id DESC LIMIT 1")
    return Facts(
        version=version(),
        engine=await db.scalar(_ENGINE[dialect]),
        megabytes=await db.scalar(_BYTES[dialect]) // 1_000_000,
        newest_migration=".".join(newest[0]) if newest else "",
        timers_until=await db.scalar("SELECT MAX(until_at) FROM core_lease"),
    )


def version() -> str:
    """The installed version; a checkout that was never installed has none."""
    try:
        return metadata.version("pepperchain")
    except metadata.PackageNotFoundError:
        return "checkout"
