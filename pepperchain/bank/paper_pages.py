"""The bank's sheets as PDF, in the language of whoever asks for them."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.bank import (
    account_pages,
    account_queries,
    close_queries,
    printing,
    printouts,
    receipt_queries,
    sale_queries,
)
from pepperchain.core import clock
from pepperchain.documents import typesetting
from pepperchain.web.routing import route

SHEET = "bank_sheet.typ"


async def settlement(request: Request) -> Response:
    """What a sale of a receipt came to."""
    row = await sale_queries.settlement(request.state.actor, request.path_params["settlement_id"])
    receipt = await receipt_queries.receipt_unscoped(row.receipt_id)
    return await _pdf(SHEET, printouts.settlement(row, receipt, now=clock.now()), f"{row.number}-{row.id}")


async def statement(request: Request) -> Response:
    """A depositor's statement of some days."""
    told = await account_pages.told(request)
    said = printouts.statement(
        told["head"], told["lines"], told["money"], first=told["first"], last=told["last"], now=clock.now()
    )
    home = request.path_params["household_id"]
    return await _pdf(SHEET, said, f"statement-{home}-{told['first']}-{told['last']}")


async def close(request: Request) -> Response:
    """A day close with its signatures."""
    row = await close_queries.close(request.state.actor, request.path_params["id"])
    return await _pdf(SHEET, printouts.close(row, now=clock.now()), f"close-{row.closed_on}")


async def storage_book(request: Request) -> Response:
    """A household's storage book; each print after the first is marked as one."""
    actor, home, now = request.state.actor, request.path_params["household_id"], clock.now()
    latest = await account_queries.latest(actor, home)
    said = printouts.storage_book(
        latest,
        await account_queries.storage_book(actor, home),
        printed=await printing.book_prints(home),
        now=now,
    )
    answer = await _pdf("bank_storage_book.typ", said, f"storage-book-{home}")
    await printing.count_book(actor, household_id=home, now=now)
    return answer


async def _pdf(template: str, said: Mapping[str, Any], name: str) -> Response:
    pdf = await typesetting.pdf(template, said, now=clock.now())
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


routes = [
    route("/bank/settlements/{settlement_id:int}/paper", settlement, may=Capability.BANK_READ),
    route("/bank/statements/{household_id:int}/paper", statement, may=Capability.BANK_ORDER),
    route(
        "/bank/storage-books/{household_id:int}/prints",
        storage_book,
        methods=["POST"],
        may=Capability.BANK_DEPOSIT,
    ),
    route("/bank/closes/{id:uuid}/paper", close, may=Capability.BANK_READ),
]
