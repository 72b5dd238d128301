"""Who did what, and how the system is, for those who look after it."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.accounts import trail_facts, trail_queries
from pepperchain.accounts.forms import TrailFilter
from pepperchain.audit import chains, keeping, queries, trail, words
from pepperchain.core import readiness
from pepperchain.settings import settings
from pepperchain.web.forms import read
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import render
from pepperchain.web.routing import route


async def index(request: Request) -> Response:
    form = read(TrailFilter, request.query_params)
    after = decode(form.cursor, int)
    found = await queries.entries(
        request.state.actor,
        subject=form.subject,
        subject_id=form.subject_id,
        actor_id=form.actor_id,
        before=after[0] if after else None,
        limit=LIMIT + 1,
    )
    page = cut(found, LIMIT, lambda row: (row.id,))
    names = await trail_queries.names(trail_facts.things(page.rows), request.app.state.names)
    context = {
        "entries": [
            (entry, trail_facts.subject(entry, names), trail_facts.told(entry, names)) for entry in page.rows
        ],
        "next": page.next,
        "filter": form,
        "act": words.act,
        "thing": words.thing,
    }
    return render(request, "accounts/trail.html", context, block="results")


async def system(request: Request) -> Response:
    context = {
        "problem_found": await readiness.problem(),
        "chosen": settings(),
        "head": await chains.head(trail.TRAIL),
        "facts": await readiness.facts(),
        "keepings": request.app.state.keepings,
        "swept": await keeping.last(),
    }
    return render(request, "accounts/system.html", context)


routes = [
    route("/admin/audit", index, may=Capability.AUDIT_READ, name="trail"),
    route("/admin/system", system, may=Capability.ACCOUNT_ADMINISTER, name="system"),
]
