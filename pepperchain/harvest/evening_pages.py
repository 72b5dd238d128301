"""A whole evening's list at a desk: a grid that takes a pasted table, saves all rows or none, and says what is wrong in its cell."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.harvest import evenings, rules
from pepperchain.harvest.desk_queries import own_sites
from pepperchain.harvest.evening_forms import ROWS, Head, Typed, blank_rows, read_rows, typed_rows
from pepperchain.harvest.forms import Length, to_start
from pepperchain.harvest.grower_queries import Choice
from pepperchain.web.drawing import problem_from
from pepperchain.web.filters import weight
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read
from pepperchain.web.i18n import reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

EVENING = "/harvest/evening"


async def show(request: Request) -> Response:
    length = read(Length, request.query_params)
    return await _grid(request, blank_rows(min(length.rows or ROWS, rules.bounds().evening_rows_max)))


async def create(request: Request) -> Response:
    sent, now = await request.form(), clock.now()
    actor: Actor = request.state.actor
    typed = blank_rows(ROWS)
    doubtful: dict[int, Sequence[Choice]] = {}
    try:
        typed = typed_rows(sent)
        head = read(Head, sent)
        rows = read_rows(typed, reader().unit)
        found, doubtful = await evenings.growers(actor, [(at, row.grower, row.household) for at, row in rows])
        if doubtful:
            raise evenings.unclear(doubtful)
        slips = [(at, row.slip(head, found[at], now=now)) for at, row in rows]
        done = await evenings.record(actor, slips, now=now)
    except Refused as refused:
        request.state.problem, request.state.typed = problem_from(refused), sent
        return await _grid(request, typed, doubtful, status=refused.status)
    net = sum((slip.net for slip in done), Grams(0))
    facts = {"slips": str(len(done)), "net": weight(net), "first": done[0].code, "last": done[-1].code}
    said = Flash(N_("%(slips)s slips saved, %(first)s to %(last)s, together %(net)s."), facts)
    return redirect(request, f"/harvest/weigh-ins?day={head.day.isoformat()}", said=said)


async def _grid(
    request: Request, typed: Sequence[Typed], doubtful: Mapping[int, Sequence[Choice]] | None = None, *, status: int = 200
) -> Response:  # fmt: skip
    sites = await own_sites(request.state.actor)
    words = rules.words(reader().language)
    context: dict[str, Any] = {
        "rows": typed,
        "doubtful": doubtful or {},
        "site_options": [(site.id, site.name) for site in sites],
        "today": clock.local_day(clock.now()),
        "words": words,
        "picked_before": to_start(clock.now()),
        "length": len(typed),
        "rows_max": rules.bounds().evening_rows_max,
    }
    return render(request, "harvest/evening.html", context, status=status)


routes = [
    route(EVENING, show, may=Capability.HARVEST_RECORD, name="evening"),
    route(EVENING, create, methods=["POST"], may=Capability.HARVEST_RECORD),
]
