"""Day prices: entered in a moment, and how they went."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.bank import price_queries, prices
from pepperchain.bank.forms import PriceOfDay, PriceSearch
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.harvest.rules import forms, words
from pepperchain.web.filters import money
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

PRICES = "/bank/prices"
SHOWN = timedelta(days=90)


async def index(request: Request) -> Response:
    """Today's price of a product, and those of three months."""
    actor, today = request.state.actor, clock.local_day(clock.now())
    sent = request.query_params if request.method == "GET" else await request.form()
    search = read(PriceSearch, {name: sent.get(name) for name in PriceSearch.model_fields if sent.get(name)})
    course = await price_queries.course(
        form=search.form,
        grade=search.grade,
        first=today - SHOWN,
        last=today,
        operator_id=actor.organization_id,
    )
    context = {
        "search": search,
        "course": list(reversed(course)),
        "today": today,
        "request_id": new_id(),
        "words": words(reader().language),
        "grade_options": [
            (code, name)
            for code, name in words(reader().language).grades
            if code in forms()[search.form].grades
        ],
    }
    return render(request, "bank/prices.html", context)


@refusals_to(index)
async def enter(request: Request) -> Response:
    """Enters a day's price."""
    form = read(PriceOfDay, await request.form())
    await prices.enter(
        request.state.actor, id=form.id, form=form.form, grade=form.grade, priced_on=form.priced_on, fen_per_kg=form.price,
        source=form.source, now=clock.now(),
    )  # fmt: skip
    said = Flash(N_("The price is %(price)s a kilogram."), {"price": money(form.price)})
    return redirect(request, f"{PRICES}?form={form.form}&grade={form.grade}", said=said)


routes = [
    route(PRICES, index, may=Capability.BANK_READ, name="bank prices"),
    route(PRICES, enter, methods=["POST"], may=Capability.BANK_PRICE),
]
