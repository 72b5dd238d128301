"""Inviting people, and the page where the invited make their account."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import belonging, invitation_queries, invitations, passwords, rules
from pepperchain.accounts.forms import AcceptedInvitation, ListPlace, NewInvitation
from pepperchain.accounts.session_pages import address_of, arrive
from pepperchain.core import clock
from pepperchain.core.errors import Missing
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory import queries as directory
from pepperchain.documents import qr
from pepperchain.settings import settings
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import PUBLIC, route

MAY = Capability.ACCOUNT_INVITE
INVITATIONS = "/invitations"
UNLISTED = {"X-Robots-Tag": "noindex"}


async def index(request: Request) -> Response:
    after = decode(read(ListPlace, request.query_params).cursor, int)
    found = await invitation_queries.open_invitations(
        request.state.actor, before=after[0] if after else None, now=clock.now(), limit=LIMIT + 1
    )
    page = cut(found, LIMIT, lambda row: (row.id,))
    return render(request, "accounts/invitations.html", {"invitations": page.rows, "next": page.next})


async def new(request: Request) -> Response:
    actor: Actor = request.state.actor
    context: dict[str, Any] = {
        "request_id": new_id(),
        "days": settings().section("accounts")["invitation_days"],
        "roles": [(each.value, gettext(each.label)) for each in rules.INVITES.get(actor.role, ())],
    }
    if actor.may(Capability.ACCOUNT_ADMINISTER):
        language = reader().language
        context["townships"] = [(area.id, area.called(language)) for area in await directory.townships()]
    return render(request, "accounts/invitation_new.html", context)


@refusals_to(new)
async def invite(request: Request) -> Response:
    actor, form = request.state.actor, read(NewInvitation, await request.form())
    issued = await invitations.invite(
        actor,
        request_id=form.request_id,
        phone=form.phone,
        role=form.role,
        belonging=await belonging.found(actor, **form.belonging()),
        now=clock.now(),
    )
    link = f"{request.url.scheme}://{request.url.netloc}{INVITATIONS}/{issued.secret}"
    context = {"link": link, "qr": qr.unkept(link), "phone": form.phone, "role": form.role}
    return render(request, "accounts/invitation_issued.html", context)


async def revoke(request: Request) -> Response:
    await invitations.revoke(
        request.state.actor, invitation_id=request.path_params["invitation_id"], now=clock.now()
    )
    return redirect(
        request, INVITATIONS, said=Flash(N_("The invitation is taken back; its link opens nothing."))
    )


async def show(request: Request) -> Response:
    """For whoever holds the link."""
    invited = await invitations.opened(
        request.path_params["secret"], address=address_of(request), now=clock.now()
    )
    context = {
        "invited": invited,
        "request_id": new_id(),
        "least": settings().section("accounts")["password_length_min"],
    }
    return render(request, "accounts/invitation.html", context, headers=UNLISTED)


@refusals_to(show)
async def accept(request: Request) -> Response:
    form, secret = read(AcceptedInvitation, await request.form()), request.path_params["secret"]
    try:
        invited = await invitations.opened(secret, address=address_of(request), now=clock.now())
    except Missing:
        if await invitation_queries.accepted_by(secret, rules.kept_request(form.request_id)):
            return redirect(request, "/")
        raise
    opened = await invitations.accept(
        secret=secret,
        request_id=form.request_id,
        name=form.name,
        password=await passwords.chosen(form.password, about=(invited.phone, form.name)),
        language=form.language,
        address=address_of(request),
        agent=request.headers.get("user-agent", ""),
        now=clock.now(),
    )
    return await arrive(request, opened, "/")


routes = [
    route(INVITATIONS, index, may=MAY, name="invitations"),
    route(INVITATIONS, invite, methods=["POST"], may=MAY),
    route(f"{INVITATIONS}/new", new, may=MAY),
    route(f"{INVITATIONS}/{{invitation_id:int}}/revocation", revoke, methods=["POST"], may=MAY),
    route("/invitations/{secret}", show, may=PUBLIC, name="invitation"),
    route("/invitations/{secret}", accept, methods=["POST"], may=PUBLIC),
]
