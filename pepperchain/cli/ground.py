"""What commands share: an open database, errors as one sentence, progress that also reads well in a file."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import asyncpg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from tortoise.exceptions import BaseORMException

from pepperchain.app import tuned
from pepperchain.core import db, migrating, readiness
from pepperchain.core.errors import Invalid, Told
from pepperchain.settings import Misconfigured, settings

P = ParamSpec("P")
T = TypeVar("T")

console = Console()


class Unable(Exception):
    """The command cannot be carried out; the message is one sentence that says why and what to do."""


def command(work: Callable[P, T]) -> Callable[P, T]:
    """What is wrong is said in one sentence on stderr, and the command ends with 1."""

    @wraps(work)
    def carried_out(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return work(*args, **kwargs)
        except (Unable, Misconfigured) as error:
            fail(str(error))
        except Invalid as invalid:
            fail("; ".join(f"{error.field}: {error}" for error in invalid.errors))
        except Told as told:
            fail(f"{told.field}: {told}" if told.field else str(told))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, BaseORMException, OSError) as error:
            fail(f"The database or a file cannot be used: {error}")

    return carried_out


def fail(sentence: str) -> NoReturn:
    """Ends the command with 1."""
    typer.echo(sentence[:1].upper() + sentence[1:], err=True)
    raise typer.Exit(1)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Carries out what needs the database, which is opened before and closed after."""

    async def opened() -> T:
        try:
            async with database():
                return await work
        finally:
            work.close()

    return asyncio.run(opened())


@asynccontextmanager
async def database(*, migrated: bool = True) -> AsyncIterator[None]:
    """The database of the settings, open. Unable if there is none yet, or an older one than this version needs."""
    require_file()
    await db.open(tuned(settings()), migrating.apps())
    try:
        if migrated and await readiness.unmigrated():
            raise Unable("The database is not as this version needs it: run `pepperchain migrate` first.")
        yield
    finally:
        await db.close()


def sqlite_file() -> Path | None:
    """The file of the database; None on PostgreSQL."""
    url = settings().database_url
    return Path(url.removeprefix("sqlite:///").partition("?")[0]) if url.startswith("sqlite:") else None


def require_file() -> None:
    """Opening a SQLite database that is not there would make an empty one."""
    file = sqlite_file()
    if file is not None and not file.exists():
        raise Unable(f"There is no database at {file}: run `pepperchain migrate` first.")


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Call it with a stage, how much of it is done and how much there is: a bar on a terminal, a line for each tenth elsewhere."""
    if not console.is_terminal:
        yield _lines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage)
            bars.update(tasks[stage], completed=done, total=total)

        yield tell


def _lines() -> Callable[[str, int, int], None]:
    told: dict[str, int] = {}

    def tell(stage: str, done: int, total: int) -> None:
        tenth = done * 10 // total if total else 10
        if told.get(stage) != tenth:
            told[stage] = tenth
            typer.echo(f"{stage}: {done} of {total}")

    return tell


def typed_password() -> str:
    """The password that was piped in."""
    return sys.stdin.readline().rstrip("\r\n")
