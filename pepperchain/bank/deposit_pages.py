"""Taking pepper in: for one grower, or a whole list out of one lot."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.bank import deposits, price_queries, receipt_queries, scheme_queries, schemes
from pepperchain.bank.deposits import Share
from pepperchain.bank.forms import Deposit, DepositStart, WholeList
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.harvest import queries as slips
from pepperchain.harvest.grower_queries import Choice, who
from pepperchain.harvest.rules import words
from pepperchain.storage import lot_queries
from pepperchain.web.filters import typed_weight, weight
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

DEPOSITS = "/bank/deposits"


async def _about(request: Request) -> dict[str, Any]:
    """What both pages show: the lot, today's price, the terms to choose from."""
    actor, now = request.state.actor, clock.now()
    sent = request.query_params if request.method == "GET" else await request.form()
    start = read(DepositStart, {name: sent.get(name) for name in DepositStart.model_fields})
    lot = await lot_queries.lot(actor, start.lot_id)
    today = clock.local_day(now)
    await schemes.ship(now=now)
    versions = await scheme_queries.standing(actor, operator_id=lot.operator_id, on=today)
    return {
        "lot": lot,
        "start": start,
        "price": await price_queries.standing(
            form=lot.form, grade=lot.grade, on=today, operator_id=lot.operator_id
        ),
        "schemes": [
            (each.id, each.name(reader().language)) for each in versions if lot.form in each.terms.forms
        ],
        "words": words(reader().language),
        "request_id": new_id(),
        "today": today,
        "choice_rows": [(each.household_id, each.words) for each in getattr(request.state, "choices", ())],
    }


async def new(request: Request) -> Response:
    """One grower's deposit; where it begins at a slip, what the slip says stands in it already."""
    context = await _about(request)
    return render(request, "bank/deposit_new.html", {**context, **await _of_slip(request, context)})


async def _of_slip(request: Request, context: dict[str, Any]) -> dict[str, Any]:
    """The slip, and what of it is not deposited yet: none of another lot's, into which its pepper went by processing."""
    start, actor = context["start"], request.state.actor
    if start.weighin_id is None:
        return {"slip": None, "slip_left": None, "grams_typed": ""}
    slip = await slips.slip(actor, start.weighin_id)
    left = await receipt_queries.slip_left(
        start.weighin_id, lot_id=start.lot_id, household_id=slip.household_id
    )
    typed = typed_weight(min(left, context["lot"].free_grams)) if left else ""
    return {"slip": slip, "slip_left": left, "grams_typed": typed}


@refusals_to(new)
async def take(request: Request) -> Response:
    """Takes it in and shows the receipt."""
    actor, form = request.state.actor, read(Deposit, await request.form())
    home = await _home(request, actor, form.grower, form.household_id, "grower")
    entered = await deposits.take(
        actor, id=form.id, lot_id=form.lot_id, share=Share(home, form.grams, form.bags, form.weighin_id),
        scheme_version_id=form.scheme_version_id, deposited_on=form.deposited_on, goods=form.goods(), now=clock.now(),
    )  # fmt: skip
    receipt = await receipt_queries.receipt(actor, entered.id)
    said = Flash(N_("Receipt %(number)s issued."), {"number": receipt.number})
    return redirect(request, f"/bank/receipts/{entered.id}", said=said)


async def _home(request: Request, actor: Actor, text: str, chosen: int | None, field: str) -> int:
    """The household that is meant. Refused, with the choices on the page, where it could be several or is none."""
    choices = await who(actor, text)
    ids = [choice.household_id for choice in choices]
    if chosen in ids and chosen is not None:
        return chosen
    if len(ids) == 1:
        return ids[0]
    request.state.choices = choices
    raise Refused(
        N_("Several growers are called so: choose one.")
        if choices
        else N_("Nobody of yours is found by this."),
        field,
    )


async def new_list(request: Request) -> Response:
    """Many growers' deposits."""
    return render(request, "bank/deposit_list.html", await _about(request))


@refusals_to(new_list)
async def take_list(request: Request) -> Response:
    """Takes all of it in, or nothing."""
    actor, form = request.state.actor, read(WholeList, await request.form())
    shares = []
    for line in form.lines():
        choices: list[Choice] = await who(actor, line.grower)
        if len(choices) != 1:
            raise Refused(
                N_(
                    "Line %(line)s: %(name)s is several growers. Write the end of the phone or the card number."
                )
                if choices
                else N_("Line %(line)s: nobody of yours is called %(name)s."),
                "rows",
                line=line.number,
                name=line.grower,
            )
        shares.append(Share(choices[0].household_id, line.grams, line.bags))
    entered = await deposits.take_list(
        actor, id=form.id, lot_id=form.lot_id, shares=shares, scheme_version_id=form.scheme_version_id,
        deposited_on=form.deposited_on, goods=form.goods(), now=clock.now(),
    )  # fmt: skip
    total = Grams(sum(share.grams for share in shares))
    said = Flash(
        N_("%(count)s receipts issued, together %(grams)s."),
        {"count": str(len(entered)), "grams": weight(total)},
    )
    return redirect(request, "/bank", said=said)


routes = [
    route(f"{DEPOSITS}/new", new, may=Capability.BANK_DEPOSIT),
    route(DEPOSITS, take, methods=["POST"], may=Capability.BANK_DEPOSIT),
    route(f"{DEPOSITS}/list/new", new_list, may=Capability.BANK_DEPOSIT),
    route(f"{DEPOSITS}/list", take_list, methods=["POST"], may=Capability.BANK_DEPOSIT),
]
