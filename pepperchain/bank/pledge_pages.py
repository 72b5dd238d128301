"""Pledges: the list of them, one with its document and its steps, and what growers, staff and lenders do with it."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.bank import lending, pledge_queries, pledges, price_queries, receipt_queries, scheme_queries
from pepperchain.bank.forms import (
    Call,
    Consent,
    LoanNumber,
    PledgeRequest,
    PledgeSearch,
    PledgeStart,
    Reason,
    Release,
)
from pepperchain.bank.pledge_rules import loan_max
from pepperchain.bank.receipt_pages import RECEIPT, about, receipt_of
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.harvest.rules import words
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

PLEDGES = "/bank/pledges"
PLEDGE = PLEDGES + "/{id:uuid}"


async def index(request: Request) -> Response:
    """The pledges that the actor sees, what falls due first first."""
    search = read(PledgeSearch, request.query_params)
    found = await pledge_queries.pledges(
        request.state.actor, ended=search.ended, cursor=request.query_params.get("cursor")
    )
    context = {
        "search": search,
        "pledges": found.rows,
        "next": found.next,
        "words": words(reader().language),
    }
    return render(request, "bank/pledges.html", context, block="results")


async def show(request: Request) -> Response:
    """One pledge."""
    actor = request.state.actor
    row = await pledge_queries.pledge(actor, request.path_params["id"])
    context = {
        "pledge": row,
        "receipt": await receipt_queries.receipt_if_seen(actor, row.receipt_id),
        "words": words(reader().language),
        "request_id": new_id(),
        "is_own_loan": actor.organization_id == row.lender_id,
    }
    return render(request, "bank/pledge.html", context)


async def new(request: Request) -> Response:
    """How much is pledged to whom, for which loan."""
    receipt, today = await receipt_of(request), clock.local_day(clock.now())
    start = read(PledgeStart, request.query_params)
    price = await price_queries.standing(
        form=receipt.form, grade=receipt.grade, on=today, operator_id=receipt.operator_id
    )
    terms = (await scheme_queries.version_unscoped(receipt.scheme_version_id)).terms
    context = {
        "lenders": await pledge_queries.lenders(),
        "percent": terms.pledge_percent_max,
        "most": loan_max(
            terms,
            receipt.free_grams,
            floor=receipt.floor_fen_per_kg,
            price=None if price is None else price.fen_per_kg,
        ),
        "replaces": None
        if start.replaces_id is None
        else await pledge_queries.pledge(request.state.actor, start.replaces_id),
    }
    return render(request, "bank/pledge_new.html", {**about(receipt), **context})


@refusals_to(new)
async def ask(request: Request) -> Response:
    """Asks the lender."""
    form, receipt_id = read(PledgeRequest, await request.form()), request.path_params["receipt_id"]
    await pledges.request(
        request.state.actor, id=form.id, receipt_id=receipt_id, grams=form.grams, lender_id=form.lender_id, loan=form.loan,
        due_on=form.due_on, words=form.words, replaces_id=form.replaces_id, now=clock.now(),
    )  # fmt: skip
    return redirect(request, f"{PLEDGES}/{form.id}", said=Flash(N_("The lender is asked.")))


def _step(act: Callable[[Request], Awaitable[str]]) -> Callable[[Request], Awaitable[Response]]:
    """A step that a form on the pledge's page takes; back to that page, or to where it can no longer be seen from."""

    @refusals_to(show)
    async def take(request: Request) -> Response:
        said = await act(request)
        return redirect(request, f"{PLEDGES}/{request.path_params['id']}", said=Flash(said))

    return take


async def _consent(request: Request) -> str:
    form = read(Consent, await request.form())
    await pledges.consent(
        request.state.actor, id=request.path_params["id"], words=form.words, now=clock.now()
    )
    return N_("The grower has agreed. Now the lender decides.")


async def _withdraw(request: Request) -> str:
    form = read(Reason, await request.form())
    await pledges.withdraw(
        request.state.actor, id=request.path_params["id"], reason=form.reason, now=clock.now()
    )
    return N_("The request is taken back.")


async def _confirm(request: Request) -> str:
    form = read(LoanNumber, await request.form())
    await lending.confirm(
        request.state.actor, id=request.path_params["id"], loan_number=form.loan_number, now=clock.now()
    )
    return N_("The pepper is locked for you.")


async def _decline(request: Request) -> str:
    form = read(Reason, await request.form())
    await lending.decline(
        request.state.actor, id=request.path_params["id"], reason=form.reason, now=clock.now()
    )
    return N_("Declined.")


async def _release(request: Request) -> str:
    form = read(Release, await request.form())
    await lending.release(
        request.state.actor,
        id=form.id,
        pledge_id=request.path_params["id"],
        grams=form.grams,
        now=clock.now(),
    )
    return N_("Let go.")


async def _call(request: Request) -> str:
    form = read(Call, await request.form())
    await lending.call(
        request.state.actor, id=form.id, pledge_id=request.path_params["id"], grams=form.called, reason=form.reason,
        now=clock.now(),
    )  # fmt: skip
    return N_("It is sold at the next sale, and you are paid first.")


async def _uncall(request: Request) -> str:
    await lending.uncall(request.state.actor, pledge_id=request.path_params["id"], now=clock.now())
    return N_("It is locked as before, and is not sold.")


routes = [
    route(PLEDGES, index, may=Capability.BANK_READ, name="pledges"),
    route(PLEDGE, show, may=Capability.BANK_READ, name="pledge"),
    route(f"{RECEIPT}/pledges/new", new, may=Capability.BANK_PLEDGE),
    route(f"{RECEIPT}/pledges", ask, methods=["POST"], may=Capability.BANK_PLEDGE),
    route(f"{PLEDGE}/consent", _step(_consent), methods=["POST"], may=Capability.BANK_PLEDGE),
    route(f"{PLEDGE}/withdrawal", _step(_withdraw), methods=["POST"], may=Capability.BANK_PLEDGE),
    route(f"{PLEDGE}/confirmation", _step(_confirm), methods=["POST"], may=Capability.BANK_LEND),
    route(f"{PLEDGE}/refusal", _step(_decline), methods=["POST"], may=Capability.BANK_LEND),
    route(f"{PLEDGE}/releases", _step(_release), methods=["POST"], may=Capability.BANK_LEND),
    route(f"{PLEDGE}/sales", _step(_call), methods=["POST"], may=Capability.BANK_LEND),
    route(f"{PLEDGE}/sales/cancellation", _step(_uncall), methods=["POST"], may=Capability.BANK_LEND),
]
