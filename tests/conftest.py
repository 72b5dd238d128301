"""What every test may ask for: a database in a known state, the village, signed-in clients. `tests/harness` makes them."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.harness import environment
from tests.harness.environment import engine

SCRATCH = environment.scratch()
environment.prepare(os.environ, SCRATCH / "data")

from pepperchain.core import db, migrating  # noqa: E402  (the environment comes first)
from tests.harness.clients import SignIn, sign_in_to_app  # noqa: E402
from tests.harness.pictures import EMPTY, VILLAGE  # noqa: E402
from tests.harness.postgres import PostgresBench, start_server  # noqa: E402
from tests.harness.sqlite import SqliteBench  # noqa: E402

Bench = SqliteBench | PostgresBench
_stop_server: Callable[[], None] | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Starts PostgreSQL once, in the process that the workers inherit their environment from."""
    global _stop_server
    wanted = engine() == "postgres" and environment.POSTGRES_URL not in os.environ
    if wanted and not config.option.collectonly:
        os.environ[environment.POSTGRES_URL], _stop_server = start_server()


def pytest_unconfigure() -> None:
    """Leaves nothing behind."""
    if _stop_server is not None:
        _stop_server()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out the tests that are marked for the other engine."""
    other = "postgres" if engine() == "sqlite" else "sqlite"
    left_out = [item for item in items if item.get_closest_marker(other)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def scratch() -> Path:
    """A folder of this test process, gone when it ends."""
    return SCRATCH


@pytest.fixture(scope="session")
def bench(worker_id: str, testrun_uid: str) -> Iterator[Bench]:
    """Makes the databases of this process."""
    if engine() == "sqlite":
        yield SqliteBench(SCRATCH)
        return
    postgres = PostgresBench(os.environ[environment.POSTGRES_URL], f"{testrun_uid[:8]}_{worker_id}")
    yield postgres
    asyncio.run(postgres.close())


@pytest.fixture
async def blank_url(bench: Bench) -> AsyncIterator[str]:
    """The address of a database that nothing was done to, not even a migration."""
    url = await bench.blank_url()
    yield url
    await bench.forget(url)


@pytest.fixture
async def database(bench: Bench) -> AsyncIterator[str]:
    """A migrated, empty database, open; its address."""
    url = await bench.url(EMPTY)
    await db.open(url, migrating.apps())
    yield url
    await db.close()
    await bench.forget(url)


@pytest.fixture
async def village(bench: Bench) -> AsyncIterator[str]:
    """A database with the demo cast and their season in it, open; its address."""
    url = await bench.url(VILLAGE)
    await db.open(url, migrating.apps())
    yield url
    await db.close()
    await bench.forget(url)


@pytest.fixture
async def client(village: str) -> AsyncIterator[SignIn]:
    """`await client(cast.CLERK_A)`: an HTTP client of the app, signed in; `await client()` is a stranger's."""
    async with AsyncExitStack() as stack:
        yield sign_in_to_app(stack)
