"""Users, for administrators."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.accounts import (
    approval_queries,
    belonging,
    passwords,
    queries,
    roles,
    rules,
    second_steps,
    sessions,
    user_queries,
    users,
)
from pepperchain.accounts.forms import ChangedDuty, ChangedUser, NewPassword, NewUser, UserFilter
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory import queries as directory
from pepperchain.settings import settings
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

MAY = Capability.ACCOUNT_ADMINISTER
_WAITS = N_("Proposed. It holds when another administrator has approved it.")


async def index(request: Request) -> Response:
    form = read(UserFilter, request.query_params)
    text = form.q or ""
    found = await user_queries.list_users(
        request.state.actor, text=text, role=form.role, after=decode(form.cursor, str, int), limit=LIMIT + 1
    )
    page = cut(found, LIMIT, lambda row: (user_queries.sort_key(text, row), row.id))
    context = {
        "users": page.rows,
        "next": page.next,
        "text": text,
        "role": form.role,
        "roles": rules.GIVEN_ROLES,
    }
    return render(request, "accounts/users.html", context, block="results")


async def new(request: Request) -> Response:
    return render(request, "accounts/user_new.html", {"request_id": new_id(), **await _choices()})


@refusals_to(new)
async def create(request: Request) -> Response:
    form = read(NewUser, await request.form())
    user_id = await users.create(
        request.state.actor,
        request_id=form.request_id,
        phone=form.phone,
        name=form.name,
        role=form.role,
        belonging=await belonging.found(request.state.actor, **form.belonging()),
        secret=await passwords.one_time(form.request_id),
        language=form.language,
        now=clock.now(),
    )
    return await _show_password(request, user_id, form.request_id)


async def show(request: Request) -> Response:
    actor, now = request.state.actor, clock.now()
    user = await user_queries.get_user(actor, request.path_params["user_id"])
    context = {
        "user": user,
        "sessions": await user_queries.sessions_of(
            actor, user_id=user.id, seen_after=now - sessions.idle_limit(), now=now
        ),
        "has_second_step": await queries.has_second_step(user.id),
        "must_have_second_step": rules.must_have_second_step(user.role),
        "by_two": settings().section("accounts")["roles_by_two"],
        "waits": await approval_queries.waits(roles.CHANGE.what, str(user.id)),
        "request_id": new_id(),
        **await _choices(),
    }
    return render(request, "accounts/user.html", context)


@refusals_to(show)
async def change(request: Request) -> Response:
    form = read(ChangedUser, await request.form())
    await users.change(
        request.state.actor, user_id=request.path_params["user_id"], **form.values(), now=clock.now()
    )
    return _back(request, N_("Saved."))


@refusals_to(show)
async def set_role(request: Request) -> Response:
    form = read(ChangedDuty, await request.form())
    holds = await roles.change(
        request.state.actor,
        user_id=request.path_params["user_id"],
        version=form.version,
        role=form.role,
        belonging=await belonging.found(request.state.actor, **form.belonging()),
        request_id=form.request_id or new_id(),
        now=clock.now(),
    )
    return _back(request, N_("Saved. It holds from the next click on.") if holds else _WAITS)


@refusals_to(show)
async def close(request: Request) -> Response:
    await users.disable(request.state.actor, user_id=request.path_params["user_id"], now=clock.now())
    return _back(request, N_("The account is closed, and signed out everywhere."))


@refusals_to(show)
async def reopen(request: Request) -> Response:
    await users.enable(request.state.actor, user_id=request.path_params["user_id"], now=clock.now())
    return _back(request, N_("The account is open again."))


@refusals_to(show)
async def reset_password(request: Request) -> Response:
    form, user_id = read(NewPassword, await request.form()), request.path_params["user_id"]
    secret = await passwords.one_time(form.request_id)
    await passwords.reset(
        request.state.actor, user_id=user_id, request_id=form.request_id, secret=secret, now=clock.now()
    )
    return await _show_password(request, user_id, form.request_id)


@refusals_to(show)
async def sign_out(request: Request) -> Response:
    await sessions.end_all(request.state.actor, user_id=request.path_params["user_id"], now=clock.now())
    return _back(request, N_("Signed out everywhere."))


@refusals_to(show)
async def reset_second_step(request: Request) -> Response:
    await second_steps.reset(request.state.actor, user_id=request.path_params["user_id"], now=clock.now())
    return _back(request, N_("The second step is taken away. They can set it up anew after signing in."))


async def _show_password(request: Request, user_id: int, request_id: Any) -> Response:
    """The one page that ever shows it; a form sent twice shows it again, as long as it is still the password."""
    user = await user_queries.get_user(request.state.actor, user_id)
    shown = rules.one_time_password(request_id) if user.password_one_time else None
    return render(request, "accounts/user_password.html", {"user": user, "password": shown})


async def _choices() -> dict[str, Any]:
    return {
        "roles": [(role.value, gettext(role.label)) for role in rules.GIVEN_ROLES],
        "townships": [(area.id, area.called(reader().language)) for area in await directory.townships()],
    }


def _back(request: Request, message: str) -> Response:
    return redirect(request, f"/admin/users/{request.path_params['user_id']}", said=Flash(message))


routes = [
    route("/admin", index, may=MAY, name="users"),
    route("/admin/users", create, methods=["POST"], may=MAY),
    route("/admin/users/new", new, may=MAY),
    route("/admin/users/{user_id:int}", show, may=MAY, name="user"),
    route("/admin/users/{user_id:int}", change, methods=["POST"], may=MAY),
    route("/admin/users/{user_id:int}/role", set_role, methods=["POST"], may=MAY),
    route("/admin/users/{user_id:int}/closing", close, methods=["POST"], may=MAY),
    route("/admin/users/{user_id:int}/reopening", reopen, methods=["POST"], may=MAY),
    route("/admin/users/{user_id:int}/password", reset_password, methods=["POST"], may=MAY),
    route("/admin/users/{user_id:int}/sign-outs", sign_out, methods=["POST"], may=MAY),
    route("/admin/users/{user_id:int}/second-step/removal", reset_second_step, methods=["POST"], may=MAY),
]
