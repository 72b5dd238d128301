"""`import` and `export`: whole sheets, with the same checks as on the page."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from pepperchain.access.actor import SYSTEM, Actor
from pepperchain.accounts import queries
from pepperchain.cli.ground import Unable, command, progress, run
from pepperchain.core import clock
from pepperchain.excel.problems import Mistake
from pepperchain.exportables import EXPORTABLES
from pepperchain.exports import making
from pepperchain.imports import files, kinds
from pepperchain.imports.files import Outcome
from pepperchain.imports.rules import State

Kind = Annotated[str, typer.Argument(help=f"What the sheet holds: {', '.join(kinds.KINDS)}.")]
As = Annotated[
    str | None,
    typer.Option("--as", help="The phone number of a user to do it as; everything is open otherwise."),
]


@command
def import_(
    kind: Kind,
    file: Annotated[Path, typer.Argument(help="An .xlsx, .ods, .xls or .csv file.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check it and write nothing.")] = False,
    phone: As = None,
) -> None:
    """Check a sheet and import all of it, or nothing if anything in it is wrong."""
    kind = _kind(kind, kinds.KINDS)
    if not file.is_file():
        raise Unable(f"There is no file {file}.")
    outcome = run(_import(kind, file, phone, dry_run=dry_run))
    batch = outcome.batch
    for mistake in outcome.mistakes:
        typer.echo(_said(mistake), err=True)
    if batch.wrong:
        raise Unable(f"Nothing was imported: {batch.wrong} rows of {batch.total_rows} are wrong.")
    if batch.state is State.FAILED:
        raise Unable(f"Nothing was imported: {(batch.message or '') % dict(batch.facts)}")
    counts = f"{batch.creates} new, {batch.updates} changed, {batch.unchanged} unchanged"
    if dry_run:
        typer.echo(f"Checked, nothing written: {counts}.")
    else:
        typer.echo(f"Imported: {counts}.")


async def _import(kind: str, file: Path, phone: str | None, *, dry_run: bool) -> Outcome:
    actor = await _actor(phone)
    with progress() as tell:

        def told(state: State, done: int, total: int | None) -> None:
            tell(state.label, done, total or 0)

        return await files.run(actor, kind, file, dry_run=dry_run, progress=told, now=clock.now())


def _said(mistake: Mistake) -> str:
    problem = mistake.problem
    return f"{mistake.sheet} {problem.letter}{mistake.row_number}: {problem.message % dict(problem.facts)}"


@command
def export(
    kind: Annotated[str, typer.Argument(help=f"What the file shall hold: {', '.join(EXPORTABLES)}.")],
    file: Annotated[Path, typer.Argument(help="A new .xlsx or .csv file.")],
    phone: As = None,
    choices: Annotated[
        str, typer.Option("--choices", help="What the list's address narrows it to, such as day=2026-06-10.")
    ] = "",
    reason: Annotated[
        str | None, typer.Option("--reason", help="What it is for; the trail keeps it.")
    ] = None,
) -> None:
    """Write a list to a file; households, organizations, weigh-ins, rooms, people and memberships can be imported again."""
    kind = _kind(kind, EXPORTABLES)
    if file.exists():
        raise Unable(f"{file} is there already: choose another name.")
    if file.suffix.lower() not in (".xlsx", ".csv"):
        raise Unable(f"{file} must end in .xlsx or .csv.")
    typer.echo(f"{run(_export(kind, file, phone, choices, reason))} rows in {file}.")


async def _export(kind: str, file: Path, phone: str | None, choices: str, reason: str | None) -> int:
    actor = await _actor(phone)
    with started(file):
        return await making.to_path(
            actor, EXPORTABLES[kind], file, choices=choices, reason=reason, now=clock.now()
        )


@contextmanager
def started(file: Path) -> Iterator[None]:
    """Leaves no half of a file."""
    try:
        yield
    except BaseException:
        file.unlink(missing_ok=True)
        raise


async def _actor(phone: str | None) -> Actor:
    if phone is None:
        return SYSTEM
    kept = await queries.secret_of_phone(phone)
    if kept is None or kept.disabled_at is not None:
        raise Unable(f"Nobody signs in with {phone}.")
    return await queries.actor_of_user(kept.id)


def _kind(typed: str, known: Collection[str]) -> str:
    """`weigh-ins` and `weighins` are one."""
    kind = typed.replace("-", "").casefold()
    if kind not in known:
        raise Unable(f"There is no kind of sheet called {typed}: choose one of {', '.join(known)}.")
    return kind
