"""`demo` and `serve`: the web server."""

import asyncio
import socket
from typing import Annotated

import typer
import uvicorn

from pepperchain.accounts import user_queries
from pepperchain.app import require_fit
from pepperchain.cli.ground import Unable, command, database, sqlite_file
from pepperchain.core import clock, migrating
from pepperchain.seeds import cooling, village
from pepperchain.settings import settings

DRAIN_SECONDS_MAX = 10

Host = Annotated[
    str | None, typer.Option(help="The address to listen at; from config/server.toml otherwise.")
]
Port = Annotated[
    int | None, typer.Option(min=1, max=65535, help="The port; from config/server.toml otherwise.")
]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Processes; more than one needs PostgreSQL.")]


@command
def demo(host: Host = None, port: Port = None) -> None:
    """Set up the demo village, once, and serve it."""
    chosen = settings()
    if not chosen.is_demo:
        raise Unable(
            "The demo does not run in production: unset PEPPERCHAIN_ENV, or use `pepperchain serve`."
        )
    host, port = _place(host, port)
    asyncio.run(_prepare())
    typer.echo(f"\nPepperchain 椒链  http://{host}:{port}\n")
    typer.echo(f"Sign in with any of these; the password is {chosen.section('accounts')['demo_password']}")
    for phone, role, name in asyncio.run(_cast()):
        typer.echo(f"  {phone}  {role}  {name}")
    typer.echo(f"\nData: {chosen.data_dir}. Stop with Ctrl+C.\n")
    _serve(host, port, workers=1)


async def _prepare() -> None:
    await migrating.migrate(settings().database_url)
    async with database():
        if await village.load(now=clock.now()):
            await cooling.load(now=clock.now())
            typer.echo("The village is set up.")


async def _cast() -> list[tuple[str, str, str]]:
    async with database():
        people = await user_queries.users_with_phones(settings().section("accounts")["demo_phones"])
    return [(person.phone, f"{person.role.label:<20}", person.name) for person in people]


@command
def serve(host: Host = None, port: Port = None, workers: Workers = 1) -> None:
    """Serve the product; stops cleanly on SIGTERM."""
    if workers > 1 and sqlite_file() is not None:
        raise Unable("SQLite is written by one process: serve with one worker, or give a PostgreSQL address.")
    host, port = _place(host, port)
    asyncio.run(_check())
    _serve(host, port, workers=workers)


async def _check() -> None:
    async with database():
        await require_fit(settings())


def _place(host: str | None, port: int | None) -> tuple[str, int]:
    """Where to listen. Unable if something else does already."""
    server = settings().section("server")
    host, port = host or server["host"], port or server["port"]
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise Unable(
                f"Nothing can be served at {host}:{port} ({error.strerror}): choose another --port."
            ) from None
    return host, port


def _serve(host: str, port: int, *, workers: int) -> None:
    uvicorn.run(
        "pepperchain.app:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        # Requests are logged by web.meter, without anybody's name; proxies are believed by app.py, as config/ says.
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=DRAIN_SECONDS_MAX,
    )
