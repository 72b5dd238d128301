"""Receipts: the list of them, and one as a document with its history."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.bank import (
    close_queries,
    course_drawings,
    messages,
    papers,
    pledge_queries,
    previews,
    printing,
    receipt_queries,
    sale_queries,
    scheme_queries,
    statements,
)
from pepperchain.bank.forms import ReceiptSearch
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.units import value_of
from pepperchain.documents import qr, typesetting
from pepperchain.harvest.rules import words
from pepperchain.web.forms import read
from pepperchain.web.i18n import reader
from pepperchain.web.render import render
from pepperchain.web.routing import route

BANK = "/bank"
RECEIPT = BANK + "/receipts/{receipt_id:int}"


async def index(request: Request) -> Response:
    """The receipts that the actor sees, the newest first."""
    search = read(ReceiptSearch, request.query_params)
    found = await receipt_queries.receipts(
        request.state.actor, search.wanted(), cursor=request.query_params.get("cursor")
    )
    context = {
        "search": search,
        "receipts": found.rows,
        "next": found.next,
        "words": words(reader().language),
    }
    return render(request, "bank/receipts.html", context, block="results")


async def show(request: Request) -> Response:
    """One receipt as a document; what its depositor does with the rest of it is none of a lender's business."""
    actor, receipt = request.state.actor, await receipt_of(request)
    worths = await previews.day_by_day(receipt, now=clock.now())
    context: dict[str, Any] = {
        "backing": await close_queries.backing(receipt.site_id),
        "pledges": await pledge_queries.of_receipt(actor, receipt.id),
        "orders": [],
        "settlements": [],
        "today": await previews.today(receipt, now=clock.now()),
        "worths": worths,
        "course": course_drawings.course(worths, value_of(receipt.left_grams, receipt.floor_fen_per_kg or 0)),
        "statement": statements.signed(receipt),
        "qr": qr.code(f"{request.url.scheme}://{request.url.netloc}/r/{receipt.code}"),
    }
    if actor.may(Capability.BANK_DEPOSIT) and receipt.state.is_standing:
        context["message"] = messages.of_receipt(receipt, host=request.url.netloc)
    events = await receipt_queries.events(receipt.id)
    if actor.may(Capability.BANK_LEND):
        context["events"] = [event for event in events if event.is_loss]
    else:
        context |= {
            "events": events,
            "orders": [order for order in await sale_queries.orders_of(receipt.id) if order.state == "open"],
            "settlements": await sale_queries.settlements_of_receipt(receipt.id),
            "others": await receipt_queries.like(actor, receipt)
            if actor.may(Capability.BANK_DEPOSIT)
            else [],
        }
    return render(request, "bank/receipt.html", {**about(receipt), **context})


def _address(request: Request, receipt: ReceiptRow) -> str:
    """What the code on paper leads to: the public page, and after the # what the receipt says for itself where there is no network."""
    return f"{request.url.scheme}://{request.url.netloc}/r/{receipt.code}#s={statements.signed(receipt)}"


async def receipt_of(request: Request) -> ReceiptRow:
    """The receipt that a page is about."""
    return await receipt_queries.receipt(request.state.actor, request.path_params["receipt_id"])


def about(receipt: ReceiptRow) -> dict[str, Any]:
    """What every page about a receipt shows of it."""
    return {"receipt": receipt, "words": words(reader().language), "request_id": new_id()}


async def paper(request: Request) -> Response:
    """The receipt on paper; each print after the first is marked as one."""
    actor, now = request.state.actor, clock.now()
    receipt = await receipt_of(request)
    terms = (await scheme_queries.version_unscoped(receipt.scheme_version_id)).terms
    address = _address(request, receipt)
    pdf = await typesetting.pdf(
        "bank_receipt.typ", papers.receipt(receipt, terms, address=address, now=now), now=now
    )
    await printing.count(actor, receipt_id=receipt.id, now=now)
    headers = {"Content-Disposition": f'inline; filename="{receipt.number}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


routes = [
    route(BANK, index, may=Capability.BANK_READ, name="receipts"),
    route(RECEIPT, show, may=Capability.BANK_READ, name="receipt"),
    route(f"{RECEIPT}/prints", paper, methods=["POST"], may=Capability.BANK_DEPOSIT),
]
