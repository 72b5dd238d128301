"""Selling for depositors: what waits, a sale looked at before it is made, what each got, and paying them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.bank import (
    lines,
    messages,
    payee_queries,
    payouts,
    price_queries,
    receipt_queries,
    sale_queries,
    sales,
)
from pepperchain.bank.forms import PaymentStart, Reason, SaleStart, Selling
from pepperchain.bank.sale_queries import OrderRow
from pepperchain.bank.sales import NewSale
from pepperchain.core import clock
from pepperchain.core.errors import Missing
from pepperchain.core.ids import new_id
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.harvest.rules import words
from pepperchain.web.filters import weight
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

SALES = "/bank/sales"
SALE = SALES + "/{id:uuid}"
PAYOUTS = "/bank/payouts"


async def index(request: Request) -> Response:
    """What waits to be sold, by site and product, and the sales that were made."""
    actor, today = request.state.actor, clock.local_day(clock.now())
    heaps: dict[tuple[int, int], list[OrderRow]] = {}
    for order in await sale_queries.open_orders(actor):
        heaps.setdefault((order.site_id, order.product_id), []).append(order)
    waiting = []
    for rows in heaps.values():
        first = rows[0]
        price = await price_queries.standing(
            form=first.form, grade=first.grade, on=today, operator_id=first.operator_id
        )
        reached = sales.eligible(rows, price.fen_per_kg, on=today) if price is not None else []
        waiting.append(
            {
                "first": first,
                "orders": rows,
                "price": price,
                "grams": Grams(sum(each.open_grams for each in rows)),
                "reached": Grams(sum(each.open_grams for each in reached)),
            }
        )
    found = await sale_queries.sales(actor, cursor=request.query_params.get("cursor"))
    context = {
        "waiting": waiting,
        "sales": found.rows,
        "next": found.next,
        "words": words(reader().language),
    }
    return render(request, "bank/sales.html", context, block="results")


async def new(request: Request) -> Response:
    """A sale that is not made yet: its parts, as they would be settled."""
    actor, today = request.state.actor, clock.local_day(clock.now())
    sent = request.query_params if request.method == "GET" else await request.form()
    start = read(SaleStart, {name: sent.get(name) for name in SaleStart.model_fields})
    waiting = await sale_queries.open_orders(actor, site_id=start.site_id, product_id=start.product_id)
    if not waiting:
        raise Missing()
    first = waiting[0]
    price = await price_queries.standing(
        form=first.form, grade=first.grade, on=today, operator_id=first.operator_id
    )
    context = {
        "start": start,
        "first": first,
        "ordered": Grams(sum(each.open_grams for each in waiting)),
        "price": price,
        "today": today,
        "request_id": new_id(),
        "parts": getattr(request.state, "parts", ()),
        "words": words(reader().language),
    }
    return render(request, "bank/sale_new.html", context)


@refusals_to(new)
async def sell(request: Request) -> Response:
    """Looks at it first, then makes it."""
    sent = await request.form()
    form = read(Selling, sent)
    sale = NewSale(
        site_id=form.site_id, product_id=form.product_id, grams=form.grams, price_fen_per_kg=form.price, buyer=form.buyer,
        sold_on=form.sold_on, costs=form.costs,
    )  # fmt: skip
    if form.step == "look":
        request.state.parts = await sales.parts(request.state.actor, sale)
        request.state.typed = sent
        return await new(request)
    await sales.sell(request.state.actor, id=form.id, sale=sale, now=clock.now())
    return redirect(
        request,
        f"{SALES}/{form.id}",
        said=Flash(N_("%(grams)s sold and settled."), {"grams": weight(form.grams)}),
    )


async def show(request: Request) -> Response:
    """One sale with what each got of it."""
    row = await sale_queries.sale(request.state.actor, str(request.path_params["id"]))
    settled = await sale_queries.settlements_of_sale(row.id)
    context = {
        "sale": row,
        "settlements": settled,
        "reversible": row.reversed_at is None and all(each.state == "due" for each in settled),
        "words": words(reader().language),
    }
    return render(request, "bank/sale.html", context)


@refusals_to(show)
async def reverse(request: Request) -> Response:
    """Takes it back."""
    form, id = read(Reason, await request.form()), request.path_params["id"]
    await sales.reverse(request.state.actor, id=id, reason=form.reason, now=clock.now())
    return redirect(request, f"{SALES}/{id}", said=Flash(N_("The sale is taken back.")))


async def settlement(request: Request) -> Response:
    """What one depositor got, line by line."""
    row = await sale_queries.settlement(request.state.actor, request.path_params["settlement_id"])
    context: dict[str, Any] = {
        "row": row,
        "lines": [(lines.label(line), lines.formula(line), line.fen) for line in lines.read(row.lines)],
        "words": words(reader().language),
    }
    if request.state.actor.may(Capability.BANK_DEPOSIT) and row.state != "reversed":
        receipt = await receipt_queries.receipt_unscoped(row.receipt_id)
        context["message"] = messages.of_settlement(row, receipt, host=request.url.netloc)
    return render(request, "bank/settlement.html", context)


async def list_payouts(request: Request) -> Response:
    """What is due, and the lists that were made."""
    actor = request.state.actor
    due = await sale_queries.due_by_site(actor)
    context = {"due": due, "payments": await sale_queries.payments(actor), "request_id": new_id()}
    return render(request, "bank/payouts.html", context)


@refusals_to(list_payouts)
async def make_list(request: Request) -> Response:
    """Puts what is due on a list."""
    form = read(PaymentStart, await request.form())
    await payouts.list_due(request.state.actor, id=form.id, site_id=form.site_id, now=clock.now())
    return redirect(request, f"{PAYOUTS}/{form.id}", said=Flash(N_("The payment list is made.")))


async def show_payout(request: Request) -> Response:
    """One payment list, payee by payee."""
    row = await sale_queries.payment(request.state.actor, str(request.path_params["id"]))
    context = {"row": row, "payees": await payee_queries.payees(row.id)}
    return render(request, "bank/payout.html", context)


@refusals_to(show_payout)
async def pay(request: Request) -> Response:
    """Says that it was paid."""
    id = request.path_params["id"]
    await payouts.pay(request.state.actor, id=id, now=clock.now())
    return redirect(request, f"{PAYOUTS}/{id}", said=Flash(N_("Noted: this list was paid.")))


routes = [
    route(SALES, index, may=Capability.BANK_SETTLE, name="bank sales"),
    route(f"{SALES}/new", new, may=Capability.BANK_SETTLE),
    route(SALES, sell, methods=["POST"], may=Capability.BANK_SETTLE),
    route(SALE, show, may=Capability.BANK_SETTLE, name="bank sale"),
    route(f"{SALE}/reversal", reverse, methods=["POST"], may=Capability.BANK_SETTLE),
    route("/bank/settlements/{settlement_id:int}", settlement, may=Capability.BANK_READ, name="settlement"),
    route(PAYOUTS, list_payouts, may=Capability.BANK_SETTLE, name="payouts"),
    route(PAYOUTS, make_list, methods=["POST"], may=Capability.BANK_SETTLE),
    route(PAYOUTS + "/{id:uuid}", show_payout, may=Capability.BANK_SETTLE, name="payout"),
    route(PAYOUTS + "/{id:uuid}/payment", pay, methods=["POST"], may=Capability.BANK_SETTLE),
]
