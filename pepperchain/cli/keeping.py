"""`backup`, `restore`, `doctor` and `run-due`: what keeps the data safe and sound."""

import asyncio
import json
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pepperchain.audit.chains import Anchor, anchors_in
from pepperchain.cli import examining
from pepperchain.cli.ground import Unable, command, database, require_file, run, sqlite_file
from pepperchain.core import clock, leases, sqlite_copies
from pepperchain.schedule import LEASE, run_due
from pepperchain.settings import settings

Target = Annotated[Path, typer.Argument(help="The file.")]


@command
def backup(file: Target) -> None:
    """Copy the database into a file while it is being used, and check the copy."""
    if file.exists():
        raise Unable(f"{file} is there already: choose another name.")
    source = sqlite_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f"{file.name}.partial")
    if source is None:
        _tool("pg_dump", "--format=custom", "--no-owner", f"--file={partial}", _postgres_url())
    else:
        require_file()
        sqlite_copies.copy(source, partial)
        _require_sound(partial)
    partial.rename(file)
    typer.echo(f"{file} holds the whole database, {file.stat().st_size // 1_000_000} MB.")
    typer.echo("Keep PEPPERCHAIN_SECRET_KEY elsewhere: without it the ID numbers in the copy cannot be read.")


@command
def restore(file: Target) -> None:
    """Put a backup in the place of the database; the server must be stopped. The old SQLite file is kept beside it."""
    if not file.is_file():
        raise Unable(f"There is no file {file}.")
    target = sqlite_file()
    if target is None:
        asyncio.run(_require_nobody())
        _tool(
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            f"--dbname={_postgres_url()}",
            str(file),
        )
    else:
        _require_sound(file)
        if target.exists():
            asyncio.run(_require_nobody())
            _set_aside(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        sqlite_copies.copy(file, target)
    typer.echo("The backup is in place. Run `pepperchain migrate`, then `pepperchain doctor`.")


def _require_sound(file: Path) -> None:
    fault = sqlite_copies.fault(file)
    if fault is not None:
        raise Unable(f"{file} is no sound database: {fault}.")


def _set_aside(target: Path) -> None:
    kept = target.with_name(f"{target.name}.before-{clock.local(clock.now()):%Y%m%d-%H%M%S}")
    sqlite_copies.fold(target)
    target.rename(kept)
    typer.echo(f"The database as it was is kept at {kept}.")


async def _require_nobody() -> None:
    """Unable while a server has the timers: it would go on writing into what is being replaced."""
    async with database(migrated=False):
        held = await leases.is_held(LEASE, now=clock.now())
    if held:
        raise Unable("A server uses this database, or did half a minute ago: stop it and try again.")


def _postgres_url() -> str:
    """Our address as PostgreSQL's own programs read it."""
    return "postgresql" + settings().database_url[settings().database_url.index("://") :]


def _tool(program: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise Unable(
            f"{program} is not installed here: install PostgreSQL's client programs, of the server's version or newer."
        )
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)  # noqa: S603  (our own arguments)
    if done.returncode:
        raise Unable(
            f"{program} failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}"
        )


@command
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    heads: Annotated[
        Path | None,
        typer.Option(
            help="A text with heads of chains that were kept outside, such as a log: are they still there?"
        ),
    ] = None,
) -> None:
    """Add everything up again; ends with 1 if anything is wrong."""
    if heads is not None and not heads.is_file():
        raise Unable(f"There is no file {heads}.")
    kept = None if heads is None else anchors_in(heads.read_text("utf-8", errors="replace"))

    async def work() -> tuple[list[examining.Verdict], list[Anchor]]:
        async with database(migrated=False):
            verdicts = await examining.examine()
            if len(verdicts) < len(examining.CHECKS):
                return verdicts, []
            against = [] if kept is None else [await examining.kept_heads(kept)]
            return [*verdicts, *against], await examining.heads()

    verdicts, standing = asyncio.run(work())
    well = all(verdict.well for verdict in verdicts)
    if as_json:
        checks = [{"name": each.name, "ok": each.well, "findings": list(each.findings)} for each in verdicts]
        told = {"ok": well, "checks": checks, "heads": [str(head) for head in standing]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for verdict in verdicts:
            typer.echo(f"{'ok   ' if verdict.well else 'WRONG'} {verdict.name}")
            for finding in verdict.findings:
                typer.echo(f"      {finding}")
        for head in standing:
            typer.echo(f"head  {head}")
    raise typer.Exit(0 if well else 1)


@command
def run_due_now(
    now: Annotated[
        str | None,
        typer.Option(
            help="As if it were this moment: 2026-06-10T18:42+08:00; Jiangjin's time without a zone."
        ),
    ] = None,
) -> None:
    """Do everything that is due, once."""
    moment = clock.now() if now is None else _moment(now)
    for name, answer in run(run_due(now=moment)).items():
        typer.echo(f"{name}: {answer}")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unable(f"{text} is no moment: write it like 2026-06-10T18:42+08:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.ZONE)
