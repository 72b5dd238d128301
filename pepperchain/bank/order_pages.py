"""What a receipt's holder asks for: taking pepper out in kind, ordering it sold, taking the order back."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.bank import orders, price_queries, receipt_queries, withdrawals
from pepperchain.bank.forms import Ordering, Withdrawal
from pepperchain.bank.receipt_pages import RECEIPT, about, receipt_of
from pepperchain.core import clock
from pepperchain.core.words import N_
from pepperchain.web.filters import money, weight
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route


async def new_withdrawal(request: Request) -> Response:
    """How much goes out."""
    receipt = await receipt_of(request)
    context = {"fee": (await withdrawals.fee_of(receipt, receipt.free_grams, now=clock.now())).fen}
    return render(request, "bank/withdrawal_new.html", {**about(receipt), **context})


@refusals_to(new_withdrawal)
async def withdraw(request: Request) -> Response:
    """Gives it out."""
    form, id = read(Withdrawal, await request.form()), request.path_params["receipt_id"]
    fee = await withdrawals.take_out(
        request.state.actor, id=form.id, receipt_id=id, grams=form.grams, reason=form.reason, now=clock.now()
    )
    said = Flash(
        N_("%(grams)s given out; storage %(fee)s."), {"grams": weight(form.grams), "fee": money(fee)}
    )
    return redirect(request, f"/bank/receipts/{id}", said=said)


async def new_order(request: Request) -> Response:
    """How much is to be sold, and from which price on."""
    receipt, today = await receipt_of(request), clock.local_day(clock.now())
    context = {
        "price": await price_queries.standing(
            form=receipt.form, grade=receipt.grade, on=today, operator_id=receipt.operator_id
        )
    }
    return render(request, "bank/order_new.html", {**about(receipt), **context})


@refusals_to(new_order)
async def place(request: Request) -> Response:
    """Orders it sold."""
    form, id = read(Ordering, await request.form()), request.path_params["receipt_id"]
    await orders.place(
        request.state.actor, id=form.id, receipt_id=id, grams=form.grams, limit_fen_per_kg=form.limit, expires_on=form.expires_on,
        words=form.words, now=clock.now(),
    )  # fmt: skip
    return redirect(
        request,
        f"/bank/receipts/{id}",
        said=Flash(N_("%(grams)s is to be sold."), {"grams": weight(form.grams)}),
    )


async def cancel(request: Request) -> Response:
    """Takes an order back."""
    row = await orders.cancel(request.state.actor, id=request.path_params["id"], now=clock.now())
    receipt = await receipt_queries.receipt(request.state.actor, row.receipt_id)
    return redirect(request, f"/bank/receipts/{receipt.id}", said=Flash(N_("The order is taken back.")))


routes = [
    route(f"{RECEIPT}/withdrawals/new", new_withdrawal, may=Capability.BANK_DEPOSIT),
    route(f"{RECEIPT}/withdrawals", withdraw, methods=["POST"], may=Capability.BANK_DEPOSIT),
    route(f"{RECEIPT}/orders/new", new_order, may=Capability.BANK_ORDER),
    route(f"{RECEIPT}/orders", place, methods=["POST"], may=Capability.BANK_ORDER),
    route("/bank/orders/{id:uuid}/cancellation", cancel, methods=["POST"], may=Capability.BANK_ORDER),
]
