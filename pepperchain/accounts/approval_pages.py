"""What waits for a second person."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.accounts import approval_queries, approvals, trail_facts, trail_queries
from pepperchain.accounts.approval_queries import ApprovalRow
from pepperchain.accounts.approvals import Approvable
from pepperchain.accounts.forms import ApprovalFilter, Declined
from pepperchain.audit.queries import EntryRow
from pepperchain.core import clock
from pepperchain.core.words import N_
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import SIGNED_IN, route

APPROVALS = "/approvals"
MAY = Capability.ACCOUNT_OWN


async def index(request: Request) -> Response:
    form, known = read(ApprovalFilter, request.query_params), _known(request)
    after = decode(form.cursor, int)
    found = await approval_queries.approvals(
        request.state.actor,
        is_waiting=form.state == "waiting",
        before=after[0] if after else None,
        limit=LIMIT + 1,
    )
    page = cut(found, LIMIT, lambda row: (row.id,))
    told = [_entry(row, known) for row in page.rows]
    names = await trail_queries.names(trail_facts.things(told), request.app.state.names)
    context = {
        "approvals": [
            (row, known.get(row.what), trail_facts.subject(entry, names), trail_facts.told(entry, names))
            for row, entry in zip(page.rows, told, strict=True)
        ],
        "next": page.next,
        "state": form.state,
    }
    return render(request, "accounts/approvals.html", context)


def _known(request: Request) -> Mapping[str, Approvable]:
    found: Mapping[str, Approvable] = request.app.state.approvables
    return found


def _entry(row: ApprovalRow, known: Mapping[str, Approvable]) -> EntryRow:
    """As the trail will tell it once it is done."""
    verb = known[row.what].verb if row.what in known else row.what
    return EntryRow(
        row.id, row.made_at, row.maker_id, row.maker, "", verb, row.subject, row.subject_id, row.changes
    )


@refusals_to(index)
async def approve(request: Request) -> Response:
    await approvals.approve(
        request.state.actor,
        approval_id=request.path_params["approval_id"],
        known=_known(request),
        now=clock.now(),
    )
    return redirect(request, APPROVALS, said=Flash(N_("Approved. It holds from now on.")))


@refusals_to(index)
async def decline(request: Request) -> Response:
    form = read(Declined, await request.form())
    await approvals.decline(
        request.state.actor,
        approval_id=request.path_params["approval_id"],
        reason=form.reason,
        now=clock.now(),
    )
    return redirect(request, APPROVALS, said=Flash(N_("Declined. Nothing was changed.")))


@refusals_to(index)
async def withdraw(request: Request) -> Response:
    await approvals.withdraw(
        request.state.actor, approval_id=request.path_params["approval_id"], now=clock.now()
    )
    return redirect(request, APPROVALS, said=Flash(N_("Withdrawn. Nothing was changed.")))


routes = [
    route(APPROVALS, index, may=SIGNED_IN, name="approvals"),
    route("/approvals/{approval_id:int}/approval", approve, methods=["POST"], may=MAY),
    route("/approvals/{approval_id:int}/refusal", decline, methods=["POST"], may=MAY),
    route("/approvals/{approval_id:int}/withdrawal", withdraw, methods=["POST"], may=MAY),
]
