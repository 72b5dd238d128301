"""Proxies: given and revoked on a household's pages, and the list of those that end soon."""

from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory import proxies, proxy_queries
from pepperchain.directory.household_queries import get_household, people_of
from pepperchain.directory.paper_pages import UPLOAD_BYTES_MAX, paper
from pepperchain.directory.relation_forms import EndingProxies, NewProxy, Revocation
from pepperchain.directory.relation_rules import PAPERS
from pepperchain.directory.rules import phone_hint
from pepperchain.directory.search import person_meant
from pepperchain.documents import photos
from pepperchain.settings import settings
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

READ, EDIT = Capability.DIRECTORY_READ, Capability.DIRECTORY_EDIT
PROXIES = "/growers/{household_id:int}/proxies"
USUAL = timedelta(days=364)


async def index(request: Request) -> Response:
    """Those that end soon, the first to end first."""
    actor, form = request.state.actor, read(EndingProxies, request.query_params)
    today, after = clock.local_day(clock.now()), decode(form.cursor, date, int)
    rows = await proxy_queries.ending_soon(actor, today=today, after=after, limit=LIMIT + 1)
    page = cut(rows, LIMIT, lambda row: (date.fromisoformat(row.until_on), row.id))
    context = {
        "rows": page.rows,
        "next": page.next,
        "found": await proxy_queries.count_ending_soon(actor, today=today),
        "days": settings().section("proxies")["soon_days"],
        "hint": phone_hint,
    }
    return render(request, "directory/proxies.html", context, block="results")


async def new(request: Request) -> Response:
    actor, id = request.state.actor, request.path_params["household_id"]
    household, today = await get_household(actor, id), clock.local_day(clock.now())
    people = await people_of(actor, id)
    context = {
        "household": household,
        "people": [(each.id, each.name) for each in people],
        "head_id": household.head_id,
        "request_id": new_id(),
        "today": today,
        "until": today + USUAL,
    }
    return render(request, "directory/proxy_new.html", context)


@refusals_to(new)
async def give(request: Request) -> Response:
    actor, id = request.state.actor, request.path_params["household_id"]
    sent = await request.form(max_files=2, max_fields=30)
    async with paper(sent, folder=PAPERS) as token:
        values = read(NewProxy, sent).values()
        other, request_id = values.pop("other"), values.pop("request_id")
        if other is not None:
            values["person_id"] = await person_meant(actor, other, "other")
        if values["person_id"] is None:
            raise Refused(N_("Choose who is to act for the household."), "person_id")
        given = await proxies.give(
            actor, id=request_id, household_id=id, **values, photo_token=token, now=clock.now()
        )
        if given.repeated and token is not None:
            await photos.discard([token], folder=PAPERS)
    return redirect(request, f"/growers/{id}", said=Flash(N_("The proxy is given.")))


async def show(request: Request) -> Response:
    actor, id = request.state.actor, request.path_params["household_id"]
    context = {
        "household": await get_household(actor, id),
        "proxy": await proxy_queries.get_proxy(actor, id, request.path_params["proxy_id"]),
        "today": clock.local_day(clock.now()),
        "hint": phone_hint,
    }
    return render(request, "directory/proxy.html", context)


async def photo(request: Request) -> Response:
    """What was signed."""
    id = request.path_params["proxy_id"]
    proxy = await proxy_queries.get_proxy(request.state.actor, request.path_params["household_id"], id)
    if proxy.photo_token is None:
        raise Missing()
    return photos.answer(proxy.photo_token, named=f"proxy-{id}.jpg", folder=PAPERS)


@refusals_to(show)
async def revoke(request: Request) -> Response:
    form, id = read(Revocation, await request.form()), request.path_params["household_id"]
    await proxies.revoke(
        request.state.actor,
        household_id=id,
        id=request.path_params["proxy_id"],
        **form.values(),
        now=clock.now(),
    )
    return redirect(request, f"/growers/{id}", said=Flash(N_("The proxy is revoked.")))


routes = [
    route("/growers/proxies", index, may=READ, name="proxies"),
    route(f"{PROXIES}/new", new, may=EDIT, name="new_proxy"),
    route(PROXIES, give, methods=["POST"], may=EDIT, name="give_proxy", body_bytes_max=UPLOAD_BYTES_MAX),
    route(f"{PROXIES}/{{proxy_id:int}}", show, may=READ, name="proxy"),
    route(f"{PROXIES}/{{proxy_id:int}}/photo", photo, may=READ, name="proxy_photo"),
    route(f"{PROXIES}/{{proxy_id:int}}/revocation", revoke, methods=["POST"], may=EDIT),
]
