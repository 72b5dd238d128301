"""`user …` and `token …`."""

from typing import Annotated

import typer
from rich.table import Table

from pepperchain.access.actor import SYSTEM
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.accounts import (
    belonging,
    passwords,
    queries,
    rules,
    second_steps,
    sign_in_codes,
    tokens,
    user_queries,
    users,
)
from pepperchain.accounts.forms import NewUser
from pepperchain.accounts.passwords import Secret
from pepperchain.cli.ground import Unable, command, console, run, typed_password
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.directory import queries as directory
from pepperchain.settings import settings
from pepperchain.web.forms import read

LIST_LIMIT = 1_000

user = typer.Typer(no_args_is_help=True, help="Who may sign in.")
token = typer.Typer(no_args_is_help=True, help="Tokens with which programs act for a user.")

Phone = Annotated[str, typer.Option(help="The mobile number that they sign in with.")]
PasswordStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin",
        help="Read the password from stdin; otherwise a one-time password is made and printed.",
    ),
]


@user.command()
@command
def create(
    phone: Phone,
    name: Annotated[str, typer.Option(help="Their name.")],
    role: Annotated[Role, typer.Option(help="What they are to the chain.")],
    organization: Annotated[
        str | None, typer.Option(help="Name or credit code of the organization they act for.")
    ] = None,
    area: Annotated[
        list[str] | None, typer.Option(help="A township they work in; may be given several times.")
    ] = None,
    household: Annotated[str | None, typer.Option(help="The card number of a grower's household.")] = None,
    password_stdin: PasswordStdin = False,
) -> None:
    """Let somebody sign in."""
    typed = typed_password() if password_stdin else None
    run(_create(phone, name, role, organization, area or [], household, typed))


async def _create(
    phone: str,
    name: str,
    role: Role,
    organization: str | None,
    areas: list[str],
    household: str | None,
    typed: str | None,
) -> None:
    data = {"request_id": new_id(), "phone": phone, "name": name, "role": role, "organization": organization}
    form = read(NewUser, data | {"household_card": household, "township_ids": await _townships(areas)})
    made = await users.create(
        SYSTEM,
        request_id=form.request_id,
        phone=form.phone,
        name=form.name,
        role=form.role,
        belonging=await belonging.found(SYSTEM, **form.belonging()),
        secret=await _secret(form, typed),
        now=clock.now(),
    )
    typer.echo(f"User {made} is made." if typed is not None else rules.one_time_password(form.request_id))


async def _secret(form: NewUser, typed: str | None) -> Secret:
    if typed is None:
        return await passwords.one_time(form.request_id)
    return await passwords.chosen(typed, about=(form.phone, form.name))


async def _townships(areas: list[str]) -> list[int]:
    known = {
        name.casefold(): one.id
        for one in await directory.townships()
        for name in (one.name, one.name_en, one.code)
    }
    for area in areas:
        if area.casefold() not in known:
            raise Unable(f"There is no township called {area}.")
    return [known[area.casefold()] for area in areas]


@user.command("list")
@command
def list_(
    search: Annotated[str, typer.Option(help="The beginning of a name, or the end of a phone number.")] = "",
    role: Annotated[Role | None, typer.Option(help="Only those with this role.")] = None,
) -> None:
    """Who may sign in, by name."""
    rows = run(user_queries.list_users(SYSTEM, text=search, role=role, limit=LIST_LIMIT))
    table = Table("id", "phone", "name", "role", "organization", "closed", box=None)
    for row in rows:
        closed = clock.local(clock.from_ms(row.disabled_at)).strftime("%Y-%m-%d") if row.disabled_at else ""
        table.add_row(str(row.id), row.phone, row.name, row.role.value, row.organization_name or "", closed)
    console.print(table)
    if len(rows) == LIST_LIMIT:
        typer.echo(f"These are the first {LIST_LIMIT}: narrow them by --search or --role.", err=True)


@user.command("reset-password")
@command
def reset_password(phone: Phone, password_stdin: PasswordStdin = False) -> None:
    """Give somebody a new password and sign them out everywhere."""
    run(_reset_password(phone, typed_password() if password_stdin else None))


async def _reset_password(phone: str, typed: str | None) -> None:
    user_id, request_id = await _user_id(phone), new_id()
    secret = (
        await passwords.one_time(request_id)
        if typed is None
        else await passwords.chosen(typed, about=(phone,))
    )
    await passwords.reset(SYSTEM, user_id=user_id, request_id=request_id, secret=secret, now=clock.now())
    typer.echo("The password is set." if typed is not None else rules.one_time_password(request_id))


@user.command()
@command
def code(phone: Phone) -> None:
    """Print a code that they can sign in with once, within ten minutes; it alone is printed."""

    async def work() -> str:
        user_id = await _user_id(phone, open_only=True)
        return await sign_in_codes.issue(SYSTEM, user_id=user_id, now=clock.now())

    typer.echo(run(work()))


@user.command("reset-second-step")
@command
def reset_second_step(phone: Phone) -> None:
    """Take away the second step of somebody who lost phone and recovery codes, and sign them out everywhere."""

    async def work() -> None:
        await second_steps.reset(SYSTEM, user_id=await _user_id(phone), now=clock.now())

    run(work())
    typer.echo("They sign in with their password alone, and can set it up anew.")


@user.command()
@command
def disable(phone: Phone) -> None:
    """Close somebody's account: they are signed out at once and cannot sign in."""

    async def work() -> None:
        await users.disable(SYSTEM, user_id=await _user_id(phone), now=clock.now())

    run(work())
    typer.echo("The account is closed.")


@user.command()
@command
def enable(phone: Phone) -> None:
    """Open a closed account again."""

    async def work() -> None:
        await users.enable(SYSTEM, user_id=await _user_id(phone), now=clock.now())

    run(work())
    typer.echo("The account is open again.")


@token.command("create")
@command
def create_token(
    phone: Phone,
    scope: Annotated[
        list[Capability] | None,
        typer.Option(help="What it may do; several may be given. All that the user may, otherwise."),
    ] = None,
    days: Annotated[int | None, typer.Option(help="How long it lives.")] = None,
    label: Annotated[str, typer.Option(help="What it is for.")] = "made on the server",
) -> None:
    """Make a token; it alone is printed."""
    if days is None:
        days = settings().section("accounts")["token_days"]
    typer.echo(run(_create_token(phone, scope or [], days, label)))


async def _create_token(phone: str, scopes: list[Capability], days: int, label: str) -> str:
    actor = await queries.actor_of_user(await _user_id(phone, open_only=True))
    issued = await tokens.create(
        actor, request_id=new_id(), label=label, scopes=scopes, days=days, now=clock.now()
    )
    return issued.secret


async def _user_id(phone: str, *, open_only: bool = False) -> int:
    kept = await queries.secret_of_phone(phone)
    if kept is None:
        raise Unable(f"Nobody signs in with {phone}.")
    if open_only and kept.disabled_at is not None:
        raise Unable(f"The account of {phone} is closed.")
    return kept.id
