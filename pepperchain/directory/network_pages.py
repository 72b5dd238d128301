"""Whom an organization works with: the picture, what goes along its lines, and every relation there is or was."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.words import N_
from pepperchain.directory import network_queries
from pepperchain.directory.network_drawings import neighbours, network
from pepperchain.directory.network_rules import Flow
from pepperchain.directory.organization_queries import LinkRow, OrganizationRow, RelationRow, get_organization
from pepperchain.directory.relation_forms import RelationChoices
from pepperchain.web.forms import read
from pepperchain.web.i18n import gettext
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import render
from pepperchain.web.routing import route

READ = Capability.ORGANIZATION_READ
RELATIONS = {
    "supplies": (N_("Supplies"), N_("Is supplied by")),
    "stores_at": (N_("Stores at"), N_("Stores for")),
    "buys_from": (N_("Buys from"), N_("Sells to")),
    "consortium_member": (N_("Is a consortium member of"), N_("Has as consortium member")),
    "task_force_of": (N_("Is the task force of"), N_("Has as task force")),
}


async def index(request: Request) -> Response:
    """Page by page; the picture shows those with whom it moves most."""
    actor, id = request.state.actor, request.path_params["organization_id"]
    organization = await get_organization(actor, id)
    form = read(RelationChoices, request.query_params)
    before = (decode(form.cursor, int) or (None,))[0]
    rows = await network_queries.list_relations(
        actor, id, ended=form.ended, **form.narrowing(), before=before, limit=LIMIT + 1
    )
    page = cut(rows, LIMIT, lambda row: (row.id,))
    counted = await network_queries.counts(id)
    context = {
        "organization": organization,
        "form": form,
        "rows": page.rows,
        "next": page.next,
        "grams": await _grams_of(request, organization, page.rows),
        "kinds": _choices(counted, ended=form.ended),
        "today": clock.local_day(clock.now()),
        "open": sum(each.open for each in counted),
        "ended": sum(each.ended for each in counted),
        **words(request),
        **await drawn(request, organization),
    }
    return render(request, "directory/relations.html", context, block="results")


def _choices(counted: Sequence[network_queries.KindCount], *, ended: bool) -> list[tuple[str, str, int]]:
    """The kinds there are, each way: what the form sends, in words, and how many."""
    found = []
    for each in counted:
        number = each.ended if ended else each.open
        if number:
            way = "out" if each.outgoing else "in"
            found.append(
                (f"{each.kind}-{way}", gettext(RELATIONS[each.kind][0 if each.outgoing else 1]), number)
            )
    return found


async def _grams_of(
    request: Request, organization: OrganizationRow, rows: Sequence[RelationRow]
) -> dict[int, int]:
    """What goes along the relations of a page, by their ids."""
    links = {each.id: _link(organization.id, each) for each in rows if each.ended_on is None}
    found = await network_queries.weighed(
        request.state.actor,
        request.app.state.flows,
        organization.id,
        list(links.values()),
        clock.local_day(clock.now()),
    )
    return {id: link.grams for id, link in zip(links, found, strict=True) if link.grams}


def _link(id: int, row: RelationRow) -> LinkRow:
    one, other = (id, row.other_id) if row.outgoing else (row.other_id, id)
    return LinkRow(one, "", row.kind, other, "", row.started_on)


async def drawn(request: Request, organization: OrganizationRow) -> dict[str, Any]:
    """The picture of an organization, and the sums of what comes and goes."""
    actor, id, today = request.state.actor, organization.id, clock.local_day(clock.now())
    flows: Sequence[Flow] = request.app.state.flows
    own = await network_queries.own_links(actor, id)
    links = await network_queries.weighed(actor, flows, id, own, today)
    around = neighbours(id, links)
    between = await network_queries.links_between(actor, around.drawn)
    shown = [*links, *await network_queries.weighed(actor, flows, id, between, today)]
    sums = [replace(each, words=gettext(each.words)) for each in network_queries.sums(flows, id, links)]
    return {"network": network(id, organization.short_name, shown), "sums": sums}


def words(request: Request) -> dict[str, Any]:
    """What relations are called, either way, and what their grams are."""
    return {
        "relation_words": {kind: [gettext(way) for way in ways] for kind, ways in RELATIONS.items()},
        "flow_words": {kind: gettext(flow.words) for flow in request.app.state.flows for kind in flow.kinds},
    }


routes = [route("/organizations/{organization_id:int}/relations", index, may=READ, name="relations")]
