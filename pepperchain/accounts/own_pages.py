"""What everyone may do for themselves: name and preferences, password, where they are signed in, tokens for programs."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import passwords, sessions, tokens, user_queries, users
from pepperchain.accounts.forms import NewToken, PasswordChange, Preferences, SignOut
from pepperchain.accounts.session_pages import PASSWORD_PAGE, keep
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.settings import settings
from pepperchain.web import preferences
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import SIGNED_IN, route

ME = "/me"
TOKENS = "/me/tokens"


async def show(request: Request) -> Response:
    actor: Actor = request.state.actor
    now = clock.now()
    context = {
        "user": await user_queries.get_user(actor, actor.user_id or 0),
        "sessions": await user_queries.sessions_of(actor, seen_after=now - sessions.idle_limit(), now=now),
        "session_id": request.state.session_id,
    }
    return render(request, "accounts/me.html", context)


@refusals_to(show)
async def prefer(request: Request) -> Response:
    form = read(Preferences, await request.form())
    await users.prefer(request.state.actor, **form.values(), now=clock.now())
    response = redirect(request, ME, said=Flash(N_("Saved.")))
    # What was chosen on this device before would hide what was just chosen for the account.
    response.delete_cookie(preferences.COOKIE)
    return response


async def show_password(request: Request) -> Response:
    context = {
        "least": settings().section("accounts")["password_length_min"],
        "must_change": request.state.must_change_password,
    }
    return render(request, "accounts/password.html", context)


@refusals_to(show_password)
async def change_password(request: Request) -> Response:
    form = read(PasswordChange, await request.form())
    fresh = await passwords.change(
        request.state.actor,
        old=form.old,
        new=form.password,
        token=request.state.session_secret,
        now=clock.now(),
    )
    said = Flash(N_("Your password is changed. Everywhere else you are signed out."))
    return keep(redirect(request, ME, said=said), request, fresh)


async def sign_out(request: Request) -> Response:
    form = read(SignOut, await request.form())
    if form.session_id is not None:
        await sessions.end_one(request.state.actor, session_id=form.session_id, now=clock.now())
    else:
        await sessions.end_others(request.state.actor, keep=request.state.session_id, now=clock.now())
    return redirect(request, ME, said=Flash(N_("Signed out there.")))


async def show_tokens(request: Request) -> Response:
    actor: Actor = request.state.actor
    accounts = settings().section("accounts")
    context = {
        "tokens": await user_queries.tokens_of(actor, now=clock.now()),
        "scopes": [(scope.value, gettext(scope.sentence)) for scope in Capability if actor.may(scope)],
        "request_id": new_id(),
        "days": accounts["token_days"],
        "days_max": accounts["token_days_max"],
    }
    return render(request, "accounts/tokens.html", context)


@refusals_to(show_tokens)
async def create_token(request: Request) -> Response:
    form = read(NewToken, await request.form())
    issued = await tokens.create(request.state.actor, **form.values(), now=clock.now())
    return render(request, "accounts/token_issued.html", {"secret": issued.secret, "label": form.label})


async def revoke_token(request: Request) -> Response:
    await tokens.revoke(request.state.actor, token_id=request.path_params["token_id"], now=clock.now())
    return redirect(request, TOKENS, said=Flash(N_("The token is dead from now on.")))


routes = [
    route(ME, show, may=SIGNED_IN, name="me"),
    route(ME, prefer, methods=["POST"], may=Capability.ACCOUNT_OWN),
    route(PASSWORD_PAGE, show_password, may=Capability.ACCOUNT_OWN),
    route(PASSWORD_PAGE, change_password, methods=["POST"], may=Capability.ACCOUNT_OWN),
    route("/me/sign-outs", sign_out, methods=["POST"], may=Capability.ACCOUNT_OWN),
    route(TOKENS, show_tokens, may=Capability.ACCOUNT_OWN),
    route(TOKENS, create_token, methods=["POST"], may=Capability.ACCOUNT_OWN),
    route("/me/tokens/{token_id:int}/revocation", revoke_token, methods=["POST"], may=Capability.ACCOUNT_OWN),
]
