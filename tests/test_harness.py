"""The harness keeps tests apart."""

from pathlib import Path

import pytest

from pepperchain.core import db, migrating
from pepperchain.settings import settings
from tests.harness.environment import SECRET_KEY, engine


@db.unit_of_work
async def _count_up() -> int:
    await db.execute(
        "INSERT INTO core_counter (scope, value) VALUES ('test', 1)"
        " ON CONFLICT (scope) DO UPDATE SET value = core_counter.value + 1"
    )
    return int(await db.scalar("SELECT value FROM core_counter WHERE scope = 'test'"))


@pytest.mark.parametrize("turn", [1, 2, 3])
async def test_what_one_test_writes_no_other_test_sees(database: str, turn: int) -> None:
    assert await _count_up() == 1


async def test_the_database_has_had_every_migration(database: str) -> None:
    assert db.dialect() == engine()
    await db.close()
    assert await migrating.pending(database) == []


async def test_a_blank_database_has_had_no_migration(blank_url: str) -> None:
    assert "core.0001_counters" in await migrating.migrate(blank_url)
    assert await migrating.migrate(blank_url) == []


@pytest.mark.sqlite
def test_this_one_runs_on_sqlite_only() -> None:
    assert engine() == "sqlite"


@pytest.mark.postgres
def test_this_one_runs_on_postgres_only() -> None:
    assert engine() == "postgres"


def test_the_settings_are_the_tests_own(scratch: Path) -> None:
    assert settings().secret_key == SECRET_KEY
    assert settings().data_dir.is_relative_to(scratch)
