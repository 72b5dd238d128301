"""Organizations with their relations and their sites."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory import organization_queries, organizations, queries, relations, sites
from pepperchain.directory.forms import (
    ChangedOrganization,
    ChangedSite,
    Ending,
    NewOrganization,
    NewRelation,
    NewSite,
    OrganizationChoices,
)
from pepperchain.directory.grower_pages import village_choices
from pepperchain.directory.network_pages import RELATIONS, drawn, words
from pepperchain.directory.organization_queries import get_organization, named, relations_of
from pepperchain.directory.timeline_pages import latest
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import is_fragment, redirect, render
from pepperchain.web.routing import route

READ, EDIT, PLAN = Capability.ORGANIZATION_READ, Capability.ORGANIZATION_EDIT, Capability.STORAGE_PLAN
KINDS = {
    "cooperative": N_("Cooperative"),
    "processor": N_("Processor"),
    "leading_enterprise": N_("Leading enterprise"),
    "association": N_("Association"),
    "department": N_("Department"),
    "bank": N_("Bank"),
    "cold_store_operator": N_("Cold-store operator"),
    "family_farm": N_("Family farm"),
}
SITE_KINDS = {
    "collecting_point": N_("Collecting point"),
    "cold_store": N_("Cold store"),
    "market": N_("Market"),
}
RELATIONS_SHOWN = 12


async def index(request: Request) -> Response:
    actor, form = request.state.actor, read(OrganizationChoices, request.query_params)
    chosen: dict[str, Any] = {"text": form.q or "", "kind": form.kind, "township_id": form.township}
    after = (decode(form.cursor, int) or (None,))[0]
    rows = await organization_queries.list_organizations(actor, **chosen, after=after, limit=LIMIT + 1)
    page = cut(rows, LIMIT, lambda row: (row.id,))
    context = {
        "form": form,
        "rows": page.rows,
        "next": page.next,
        "found": await organization_queries.count_organizations(actor, **chosen),
        "kinds": spoken(KINDS),
        "townships": [(area.id, area.called(reader().language)) for area in await queries.townships()],
    }
    return render(request, "directory/organizations.html", context, block="results")


async def new(request: Request) -> Response:
    context = {"organization": None, "request_id": new_id(), **await _choices(request.state.actor)}
    return render(request, "directory/organization_form.html", context)


@refusals_to(new)
async def create(request: Request) -> Response:
    form = read(NewOrganization, await request.form())
    entered = await organizations.enter(
        request.state.actor, id=form.request_id, organization=form.description(), now=clock.now()
    )
    return redirect(request, f"/organizations/{entered.id}", said=Flash(N_("Entered.")))


async def show(request: Request) -> Response:
    actor, id = request.state.actor, request.path_params["organization_id"]
    organization = await get_organization(actor, id)
    beside = is_fragment(request)
    context = {
        "organization": organization,
        "relations": await relations_of(actor, id, limit=RELATIONS_SHOWN),
        "sites": await queries.sites_of(actor, operator_id=id, closed=True),
        "kinds": dict(spoken(KINDS)),
        "site_kinds": dict(spoken(SITE_KINDS)),
        "relation_kinds": [(kind, gettext(ways[0])) for kind, ways in RELATIONS.items()],
        "plans": may_plan(actor, id),
        "request_id": new_id(),
        "today": clock.local_day(clock.now()),
        "beside": beside,
        "history": None if beside else await latest(request, "organization", id, f"/organizations/{id}"),
        **words(request),
        **({} if beside else await drawn(request, organization)),
    }
    return render(request, "directory/organization.html", context, block="organization")


def may_plan(actor: Actor, organization_id: int) -> bool:
    """Whether the actor enters sites for it: its own people with the capability, and administrators."""
    own = actor.role in (Role.ADMIN, Role.SYSTEM) or actor.organization_id == organization_id
    return own and actor.may(PLAN)


async def particulars(request: Request) -> Response:
    organization = await get_organization(request.state.actor, request.path_params["organization_id"])
    context = {
        "organization": organization,
        "today": clock.local_day(clock.now()),
        **await _choices(request.state.actor),
    }
    return render(request, "directory/organization_form.html", context)


@refusals_to(particulars)
async def change(request: Request) -> Response:
    form, id = read(ChangedOrganization, await request.form()), request.path_params["organization_id"]
    await organizations.change(
        request.state.actor, id=id, version=form.version, organization=form.description(), now=clock.now()
    )
    return redirect(request, f"/organizations/{id}", said=Flash(N_("Saved.")))


@refusals_to(particulars)
async def end(request: Request) -> Response:
    form, id = read(Ending, await request.form()), request.path_params["organization_id"]
    await organizations.end(request.state.actor, id=id, **form.values(), now=clock.now())
    return redirect(request, "/organizations", said=Flash(N_("The organization has ended.")))


@refusals_to(show)
async def relate(request: Request) -> Response:
    form, id = read(NewRelation, await request.form()), request.path_params["organization_id"]
    await relations.relate(
        request.state.actor,
        id=form.request_id,
        from_id=id,
        to_id=await named(form.other, field="other"),
        kind=form.kind,
        started_on=form.started_on,
        now=clock.now(),
    )
    return redirect(request, f"/organizations/{id}", said=Flash(N_("Entered.")))


@refusals_to(show)
async def end_relation(request: Request) -> Response:
    form, id = read(Ending, await request.form()), request.path_params["organization_id"]
    await relations.end(
        request.state.actor, id=request.path_params["relation_id"], **form.values(), now=clock.now()
    )
    return redirect(request, f"/organizations/{id}", said=Flash(N_("The relation has ended.")))


async def new_site(request: Request) -> Response:
    organization = await get_organization(request.state.actor, request.path_params["organization_id"])
    sites.require_operator(request.state.actor, organization.id)
    context = {
        "organization": organization,
        "site": None,
        "request_id": new_id(),
        **await _site_choices(request),
    }
    return render(request, "directory/site_form.html", context)


@refusals_to(new_site)
async def enter_site(request: Request) -> Response:
    form, id = read(NewSite, await request.form()), request.path_params["organization_id"]
    await sites.enter(
        request.state.actor, id=form.request_id, operator_id=id, site=await form.place(), now=clock.now()
    )
    return redirect(request, f"/organizations/{id}", said=Flash(N_("Entered.")))


async def show_site(request: Request) -> Response:
    site = await queries.get_site(request.state.actor, request.path_params["site_id"])
    organization = await get_organization(request.state.actor, site.operator_id)
    context = {"organization": organization, "site": site, "today": clock.local_day(clock.now())}
    return render(request, "directory/site_form.html", {**context, **await _site_choices(request)})


@refusals_to(show_site)
async def change_site(request: Request) -> Response:
    form = read(ChangedSite, await request.form())
    site = await sites.change(
        request.state.actor,
        id=request.path_params["site_id"],
        version=form.version,
        site=await form.place(),
        now=clock.now(),
    )
    return redirect(request, f"/organizations/{site.operator_id}", said=Flash(N_("Saved.")))


@refusals_to(show_site)
async def close_site(request: Request) -> Response:
    form, id = read(Ending, await request.form()), request.path_params["site_id"]
    site = await queries.get_site(request.state.actor, id)
    await sites.close(request.state.actor, id=id, **form.values(), now=clock.now())
    return redirect(request, f"/organizations/{site.operator_id}", said=Flash(N_("The site is closed.")))


async def _choices(actor: Actor) -> dict[str, Any]:
    language = reader().language
    return {
        "kinds": spoken(KINDS),
        "townships": [(area.id, area.called(language)) for area in await queries.townships()],
        "villages": await village_choices(actor),
    }


async def _site_choices(request: Request) -> dict[str, Any]:
    chosen = await _choices(request.state.actor)
    return {**chosen, "kinds": spoken(SITE_KINDS)}


def spoken(words: dict[str, str]) -> list[tuple[str, str]]:
    """Codes with their words in the reader's language."""
    return [(code, gettext(message)) for code, message in words.items()]


_ONE = "/organizations/{organization_id:int}"
_SITE = "/organizations/sites/{site_id:int}"
routes = [
    route("/organizations", index, may=READ, name="organizations"),
    route("/organizations", create, methods=["POST"], may=EDIT, name="enter_organization"),
    route("/organizations/new", new, may=EDIT, name="new_organization"),
    route(_ONE, show, may=READ, name="organization"),
    route(f"{_ONE}/particulars", particulars, may=EDIT, name="organization_particulars"),
    route(f"{_ONE}/particulars", change, methods=["POST"], may=EDIT, name="change_organization"),
    route(f"{_ONE}/ending", end, methods=["POST"], may=EDIT, name="end_organization"),
    route(f"{_ONE}/relations", relate, methods=["POST"], may=EDIT),
    route(f"{_ONE}/relations/{{relation_id:int}}/ending", end_relation, methods=["POST"], may=EDIT),
    route(f"{_ONE}/sites/new", new_site, may=PLAN),
    route(f"{_ONE}/sites", enter_site, methods=["POST"], may=PLAN),
    route(_SITE, show_site, may=PLAN, name="site"),
    route(_SITE, change_site, methods=["POST"], may=PLAN),
    route(f"{_SITE}/closing", close_site, methods=["POST"], may=PLAN),
]
