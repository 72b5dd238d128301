"""The bank's endpoints."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.api import bank_items, reading, shapes
from pepperchain.api.bank_forms import (
    NewDeposit,
    NewOrder,
    NewPledge,
    NewPreview,
    NewTransfer,
    NewWithdrawal,
)
from pepperchain.api.endpoints import Endpoint, created
from pepperchain.bank import (
    deposits,
    orders,
    parting,
    pledge_queries,
    pledges,
    previews,
    receipt_queries,
    scheme_queries,
    withdrawals,
)
from pepperchain.bank.deposits import Share
from pepperchain.bank.settlement_rules import Facts
from pepperchain.core import clock, db
from pepperchain.core.errors import Refused
from pepperchain.core.units import Fen, Grams
from pepperchain.core.words import N_
from pepperchain.directory.queries import household_by_card


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


async def deposit(request: Request) -> Response:
    """Takes pepper in, once for each id."""
    actor, sent = request.state.actor, await reading.body(request, NewDeposit)
    home = await _home(actor, sent)
    version = None
    if sent.scheme is not None:
        on = sent.deposited_on or clock.local_day(clock.now())
        version = await scheme_queries.standing_of(actor, sent.scheme, on=on)
        if version is None:
            raise Refused(
                N_("There is no such scheme, or it was not in force on the day of deposit."), "scheme"
            )
    share = Share(home, Grams(sent.quantity_grams), sent.bags, sent.weigh_in_id)
    with reading.fields_called(
        {"grams": "quantity_grams", "weighin_id": "weigh_in_id", "scheme_version_id": "scheme"}
    ):
        entered = await deposits.take(
            actor, id=sent.id, lot_id=sent.lot_id, share=share, scheme_version_id=None if version is None else version.id,
            deposited_on=sent.deposited_on, now=clock.now(),
        )  # fmt: skip
    row = await receipt_queries.receipt(actor, entered.id)
    return created(bank_items.receipt(row), repeated=entered.repeated)


async def _home(actor: Actor, sent: NewDeposit | NewTransfer) -> int:
    """Whose it is, or is to be. Refused: neither is said, or nobody has this card."""
    if sent.household_id is not None:
        return sent.household_id
    found = None if sent.household_card is None else await household_by_card(actor, sent.household_card)
    if found is None:
        raise Refused(N_("Say whose pepper it is: household_card or household_id."), "household_card")
    return found.household_id


async def get_receipt(request: Request) -> Response:
    """One receipt by its number."""
    row = await receipt_queries.receipt_by_number(request.state.actor, request.path_params["number"])
    return JSONResponse(bank_items.receipt(row))


async def withdraw(request: Request) -> Response:
    """Gives pepper out in kind, once for each id; the receipt as it stands then."""
    actor, sent = request.state.actor, await reading.body(request, NewWithdrawal)
    row = await receipt_queries.receipt_by_number(actor, request.path_params["number"])
    there = await db.scalar("SELECT 1 FROM bank_event WHERE id = :id", id=sent.id)
    with reading.fields_called({"grams": "quantity_grams"}):
        await withdrawals.take_out(
            actor,
            id=sent.id,
            receipt_id=row.id,
            grams=Grams(sent.quantity_grams),
            reason=sent.reason,
            now=clock.now(),
        )
    return created(
        bank_items.receipt(await receipt_queries.receipt(actor, row.id)), repeated=there is not None
    )


async def order(request: Request) -> Response:
    """Orders pepper sold, once for each id; the receipt as it stands then."""
    actor, sent = request.state.actor, await reading.body(request, NewOrder)
    row = await receipt_queries.receipt_by_number(actor, request.path_params["number"])
    limit = None if sent.limit_fen_per_kg is None else Fen(sent.limit_fen_per_kg)
    with reading.fields_called({"grams": "quantity_grams"}):
        is_new = await orders.place(
            actor, id=sent.id, receipt_id=row.id, grams=Grams(sent.quantity_grams), limit_fen_per_kg=limit,
            expires_on=sent.expires_on, words=sent.words, now=clock.now(),
        )  # fmt: skip
    return created(bank_items.receipt(await receipt_queries.receipt(actor, row.id)), repeated=not is_new)


async def pledge(request: Request) -> Response:
    """Asks for a loan on a receipt, once for each id."""
    actor, sent = request.state.actor, await reading.body(request, NewPledge)
    row = await receipt_queries.receipt_by_number(actor, request.path_params["number"])
    with reading.fields_called({"grams": "quantity_grams", "loan": "loan_fen"}):
        is_new = await pledges.request(
            actor, id=sent.id, receipt_id=row.id, grams=Grams(sent.quantity_grams), lender_id=sent.lender_id, loan=Fen(sent.loan_fen),
            due_on=sent.due_on, words=sent.words, now=clock.now(),
        )  # fmt: skip
    return created(bank_items.pledge(await pledge_queries.pledge(actor, sent.id)), repeated=not is_new)


async def transfer(request: Request) -> Response:
    """Endorses a receipt, or a part of it, to another household, once for each id; the receipt that stands for it then."""
    actor, sent = request.state.actor, await reading.body(request, NewTransfer)
    row = await receipt_queries.receipt_by_number(actor, request.path_params["number"])
    home = await _home(actor, sent)
    with reading.fields_called({"grams": "quantity_grams", "to": "household_id"}):
        made = await parting.endorse(
            actor, id=sent.id, receipt_id=row.id, to_household_id=home, grams=Grams(sent.quantity_grams), reason=sent.reason,
            now=clock.now(),
        )  # fmt: skip
    return created(bank_items.receipt(await receipt_queries.receipt(actor, made.id)), repeated=made.repeated)


_NUMBER = {"number": shapes.TEXT}

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
    Endpoint(
        "/deposits",
        deposit,
        method="POST",
        may=Capability.BANK_DEPOSIT,
        summary="Take pepper into the bank",
        body=NewDeposit,
        answers=bank_items.RECEIPT,
    ),
    Endpoint(
        "/receipts/{number}",
        get_receipt,
        may=Capability.BANK_READ,
        summary="One receipt",
        path_params=_NUMBER,
        answers=bank_items.RECEIPT,
    ),
    Endpoint(
        "/receipts/{number}/withdrawals",
        withdraw,
        method="POST",
        may=Capability.BANK_DEPOSIT,
        summary="Take pepper out in kind",
        path_params=_NUMBER,
        body=NewWithdrawal,
        answers=bank_items.RECEIPT,
    ),
    Endpoint(
        "/receipts/{number}/sales",
        order,
        method="POST",
        may=Capability.BANK_ORDER,
        summary="Order pepper sold",
        path_params=_NUMBER,
        body=NewOrder,
        answers=bank_items.RECEIPT,
    ),
    Endpoint(
        "/receipts/{number}/pledges",
        pledge,
        method="POST",
        may=Capability.BANK_PLEDGE,
        summary="Ask for a loan on a receipt",
        path_params=_NUMBER,
        body=NewPledge,
        answers=bank_items.PLEDGE,
    ),
    Endpoint(
        "/receipts/{number}/transfers",
        transfer,
        method="POST",
        may=Capability.BANK_DEPOSIT,
        summary="Endorse a receipt to another household",
        path_params=_NUMBER,
        body=NewTransfer,
        answers=bank_items.RECEIPT,
    ),
]
