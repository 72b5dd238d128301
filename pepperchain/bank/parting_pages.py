"""What else is done with a receipt, on its own page: split, merged with others, endorsed, reported lost, issued anew, voided."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.bank import merging, parting
from pepperchain.bank.forms import Endorsement, Merging, Part, Saying
from pepperchain.bank.receipt_pages import RECEIPT, show
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.harvest.grower_queries import who
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.render import redirect
from pepperchain.web.routing import route


def _to(request: Request, id: int, words: str) -> Response:
    return redirect(request, f"/bank/receipts/{id}", said=Flash(words))


@refusals_to(show)
async def split(request: Request) -> Response:
    """A part of its own."""
    form, id = read(Part, await request.form()), request.path_params["receipt_id"]
    made = await parting.split(
        request.state.actor, id=form.id, receipt_id=id, grams=form.part, now=clock.now()
    )
    return _to(request, made.id, N_("Split. This is the part."))


@refusals_to(show)
async def merge(request: Request) -> Response:
    """With others of the grower's that stand for the same."""
    form, id = read(Merging, await request.form()), request.path_params["receipt_id"]
    made = await merging.merge(
        request.state.actor, id=form.id, receipt_id=id, with_receipts=form.with_receipts, now=clock.now()
    )
    return _to(request, made.id, N_("Merged. This is the new receipt."))


@refusals_to(show)
async def endorse(request: Request) -> Response:
    """To somebody else."""
    form, id = read(Endorsement, await request.form()), request.path_params["receipt_id"]
    choices = await who(request.state.actor, form.to)
    if len(choices) != 1:
        raise Refused(
            N_("Several growers are called so: write the end of the phone or the card number.")
            if choices
            else N_("Nobody of yours is found by this."),
            "to",
        )
    made = await parting.endorse(
        request.state.actor, id=form.id, receipt_id=id, to_household_id=choices[0].household_id, grams=form.endorsed,
        reason=form.reason, now=clock.now(),
    )  # fmt: skip
    return _to(request, made.id, N_("Endorsed. This is the new receipt."))


@refusals_to(show)
async def lose(request: Request) -> Response:
    """Its paper is lost."""
    form, id = read(Saying, await request.form()), request.path_params["receipt_id"]
    await parting.report(
        request.state.actor, id=form.id, receipt_id=id, is_lost=True, reason=form.reason, now=clock.now()
    )
    return _to(request, id, N_("Reported lost: nothing of it goes out."))


@refusals_to(show)
async def find(request: Request) -> Response:
    """Its paper is found."""
    form, id = read(Saying, await request.form()), request.path_params["receipt_id"]
    await parting.report(
        request.state.actor, id=form.id, receipt_id=id, is_lost=False, reason=form.reason, now=clock.now()
    )
    return _to(request, id, N_("Noted that it was found."))


@refusals_to(show)
async def reissue(request: Request) -> Response:
    """A new one for the lost one."""
    form, id = read(Saying, await request.form()), request.path_params["receipt_id"]
    made = await parting.reissue(
        request.state.actor, id=form.id, receipt_id=id, reason=form.reason, now=clock.now()
    )
    return _to(request, made.id, N_("Issued anew. The lost one stands for nothing any more."))


@refusals_to(show)
async def void(request: Request) -> Response:
    """It was a mistake."""
    form, id = read(Saying, await request.form()), request.path_params["receipt_id"]
    await parting.void(request.state.actor, id=form.id, receipt_id=id, reason=form.reason, now=clock.now())
    return _to(request, id, N_("The receipt is void."))


routes = [
    route(f"{RECEIPT}/splits", split, methods=["POST"], may=Capability.BANK_DEPOSIT),
    route(f"{RECEIPT}/mergers", merge, methods=["POST"], may=Capability.BANK_DEPOSIT),
    route(f"{RECEIPT}/endorsements", endorse, methods=["POST"], may=Capability.BANK_DEPOSIT),
    route(f"{RECEIPT}/losses", lose, methods=["POST"], may=Capability.BANK_DEPOSIT),
    route(f"{RECEIPT}/findings", find, methods=["POST"], may=Capability.BANK_DEPOSIT),
    route(f"{RECEIPT}/reissues", reissue, methods=["POST"], may=Capability.BANK_DEPOSIT),
    route(f"{RECEIPT}/voiding", void, methods=["POST"], may=Capability.BANK_DEPOSIT),
]
