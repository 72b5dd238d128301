"""Stops the engine in the middle of a verb, at every stage of it in turn."""

import hashlib
import sqlite3
from collections.abc import Awaitable, Callable

import pytest
from tortoise.exceptions import OperationalError

from pepperchain.core import db, sqlite_engine
from pepperchain.ledger import books

STAGES = 16


def writer() -> sqlite3.Connection:
    client = db._database().client
    assert isinstance(client, sqlite_engine.Client)
    return client.writer.connection


def picture() -> str:
    """Everything in the database as one hash."""
    connection, whole = writer(), hashlib.sha256()
    for (table,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    ).fetchall():
        for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall():
            whole.update(repr((table, row)).encode())
    return whole.hexdigest()


class Interruption:
    """Counts the steps of the engine's machine and stops it at one of them."""

    def __init__(self, at: int | None = None) -> None:
        self.steps = 0
        self.at = at

    def __call__(self) -> int:
        self.steps += 1
        return 1 if self.at is not None and self.steps == self.at else 0


Verb = Callable[[], Awaitable[object]]


async def steps_of(verb: Verb) -> int:
    counter = Interruption()
    writer().set_progress_handler(counter, 1)
    try:
        with pytest.raises(RuntimeError, match="rolled back on purpose"):
            await _and_back(verb)
    finally:
        writer().set_progress_handler(None, 1)
    return counter.steps


@db.unit_of_work
async def _and_back(verb: Verb) -> None:
    await verb()
    raise RuntimeError("rolled back on purpose")


async def fails_cleanly_everywhere(verb: Verb) -> None:
    """Whatever stage it is stopped at, the database is exactly as it was; left alone it works, and the books fit."""
    before, whole = picture(), await steps_of(verb)
    assert picture() == before
    assert whole > STAGES
    for stage in range(1, STAGES + 1):
        # The last steps belong to COMMIT, which runs in a thread and is the engine's own to make whole.
        writer().set_progress_handler(Interruption(max(whole * stage // (STAGES + 1), 1)), 1)
        try:
            with pytest.raises((OperationalError, sqlite3.OperationalError), match="interrupted"):
                await verb()
        finally:
            writer().set_progress_handler(None, 1)
        assert picture() == before, f"stage {stage} of {STAGES}"
    await verb()
    assert picture() != before
    assert await books.findings() == []
