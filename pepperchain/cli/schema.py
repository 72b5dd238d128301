"""`migrate` and `seed`."""

import asyncio
from typing import Annotated, Literal

import typer

from pepperchain.cli.ground import command, progress, run
from pepperchain.consents import erasing
from pepperchain.core import clock, migrating
from pepperchain.erasables import ERASABLES
from pepperchain.seeds import cooling, generator
from pepperchain.settings import settings


@command
def migrate() -> None:
    """Bring the database to this version's schema, making it if there is none."""
    applied = asyncio.run(migrating.migrate(settings().database_url))
    for name in applied:
        typer.echo(name)
    typer.echo(
        f"{len(applied)} migrations applied." if applied else "The database is as this version needs it."
    )
    if erasing.log_file().is_file():
        again = run(_forgotten_again())
        if again:
            typer.echo(f"{again} people who had been erased came back with a backup, and were erased again.")


async def _forgotten_again() -> int:
    now = clock.now()
    again = await erasing.reapply(ERASABLES, now=now)
    await erasing.finish(ERASABLES, now=now)
    return again


@command
def seed(
    size: Annotated[Literal["village", "township", "district"], typer.Option(help="How much to make.")],
    seed: Annotated[int, typer.Option(help="The same number gives the same community.")] = 1,
) -> None:
    """Fill the database with the demo village and an invented community around it."""
    with progress() as tell:
        made = run(_seeded(size, seed, tell))
    if made is None:
        typer.echo(
            "The village is in the database." if size == "village" else "A community is there already."
        )
    else:
        typer.echo(
            f"Made {made.households} households, {made.slips} slips and {made.lots} lots: {made.rows} rows."
        )


async def _seeded(size: str, seed: int, tell: generator.Progress) -> generator.Made | None:
    now = clock.now()
    made = await generator.generate(size, seed=seed, now=now, progress=tell)
    await cooling.load(now=now)
    return made
