"""`duplicates`: who may be entered twice, looked for now instead of tonight."""

import typer

from pepperchain.access.actor import SYSTEM
from pepperchain.cli.ground import command, progress, run
from pepperchain.core import clock
from pepperchain.directory import findings


@command
def duplicates() -> None:
    """Look for households that may be entered twice; those who keep the registry find them under Growers."""
    with progress() as tell:
        found = run(findings.search(SYSTEM, progress=tell, now=clock.now()))
    typer.echo(
        f"{found.open} pairs wait for somebody to look at them, {found.new} of them new; {found.dropped} are alike no longer."
    )
