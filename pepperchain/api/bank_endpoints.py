"""The bank's endpoints."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pepperchain.access.capabilities import Capability
from pepperchain.api import bank_items, reading
from pepperchain.api.bank_forms import NewPreview
from pepperchain.api.endpoints import Endpoint
from pepperchain.bank import previews
from pepperchain.bank.settlement_rules import Facts
from pepperchain.core.units import Fen, Grams


async def preview_settlement(request: Request) -> Response:
    """What a sale would bring its depositor, by the code that settles one."""
    sent = await reading.body(request, NewPreview)
    facts = Facts(
        quantity=Grams(sent.quantity_grams),
        floor_fen_per_kg=None if sent.floor_fen_per_kg is None else Fen(sent.floor_fen_per_kg),
        sale_fen_per_kg=Fen(sent.sale_fen_per_kg),
        deposited_on=sent.deposited_on,
        sold_on=sent.sold_on,
        consortium_member=sent.consortium_member,
        public_benefit_store=sent.public_benefit_store,
        other_costs=Fen(sent.other_costs_fen),
    )
    return JSONResponse(bank_items.preview(await previews.of(request.state.actor, facts, scheme=sent.scheme)))


ENDPOINTS = [
    Endpoint(
        "/settlements/preview",
        preview_settlement,
        method="POST",
        may=Capability.BANK_READ,
        summary="Reckon a settlement through",
        body=NewPreview,
        answers=bank_items.PREVIEW,
    ),
]
