"""Lots: the list of them, one as a document with its history, and what is done to it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.documents import qr
from pepperchain.harvest.rules import words
from pepperchain.storage import lot_queries, lots, movements, queries, sample_queries, trace_queries
from pepperchain.storage.forms import Asking, Count, Issue, LotSearch, Move, Reversal
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.marks import LotMarks
from pepperchain.storage.processing_rules import becomes
from pepperchain.storage.stock import Done
from pepperchain.web.filters import weight
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

LOTS = "/storage/lots"
LOT = LOTS + "/{lot_id:int}"


async def index(request: Request) -> Response:
    """The actor's lots, those with least time left first."""
    actor: Actor = request.state.actor
    search = read(LotSearch, request.query_params)
    found = await lot_queries.lots(actor, search.wanted(), cursor=request.query_params.get("cursor"))
    context = {
        "search": search,
        "room": await queries.room(actor, search.room_id) if search.room_id else None,
        "lots": found.rows,
        "next": found.next,
        "words": words(reader().language),
    }
    return render(request, "storage/lots.html", context, block="results")


async def show(request: Request) -> Response:
    """One lot as a document."""
    actor: Actor = request.state.actor
    lot = await lot_of(request)
    ancestors = await trace_queries.ancestors(lot.id)
    of_lot: LotMarks = request.app.state.lot_marks
    context = {
        "movements": await lot_queries.movements_of_lot(actor, lot.id),
        "conversions": await trace_queries.conversions_of(lot.id),
        "origin": await trace_queries.origin(ancestors),
        "slips": await trace_queries.origin_slips(actor, ancestors),
        "made_of": await trace_queries.made_of(actor, lot.id),
        "made_into": await trace_queries.made_into(actor, lot.id),
        "block": await lot_queries.block_of(lot),
        "becomes": bool(becomes(lot.form)),
        "samples": await sample_queries.samples(lot.id),
        "qr": qr.code(f"{request.url.scheme}://{request.url.netloc}/t/{lot.code}"),
        "marks": await of_lot(actor, lot.id, now=clock.now()),
    }
    return render(request, "storage/lot.html", {**await about(request, lot), **context})


async def lot_of(request: Request) -> LotRow:
    """The lot that a page is about."""
    return await lot_queries.lot(request.state.actor, request.path_params["lot_id"])


async def about(request: Request, lot: LotRow) -> dict[str, Any]:
    """What every page about a lot shows of it."""
    owned = await lot_queries.own_lot(request.state.actor, lot.id)
    return {"lot": lot, "owned": owned is not None, "words": words(reader().language), "request_id": new_id()}


async def new_move(request: Request) -> Response:
    """Where to, and how much."""
    lot = await lot_of(request)
    rooms = await queries.usable_rooms(request.state.actor, form=lot.form, near_township_id=lot.township_id)
    context = {"rooms": [room for room in rooms if room.id != lot.room_id]}
    return render(request, "storage/lot_move.html", {**await about(request, lot), **context})


async def new_issue(request: Request) -> Response:
    """To whom, and how much."""
    return await _leaving(request, "storage/lot_issue.html")


async def _leaving(request: Request, template: str) -> Response:
    """A page on which a lot is chosen to leave, with those that should leave before it."""
    lot = await lot_of(request)
    context = {"due_before": await lot_queries.due_before(request.state.actor, lot)}
    return render(request, template, {**await about(request, lot), **context})


async def new_count(request: Request) -> Response:
    """What was counted, and why it differs."""
    return render(request, "storage/lot_count.html", await about(request, await lot_of(request)))


async def new_price(request: Request) -> Response:
    """What is asked for a kilogram."""
    await lots.require_own(request.state.actor, (await lot_of(request)).id)
    return await _leaving(request, "storage/lot_price.html")


@refusals_to(new_move)
async def move(request: Request) -> Response:
    """Carries a lot, or a part of it, to another room."""
    values = read(Move, await request.form()).values()
    done = await lots.move(
        request.state.actor,
        lot_id=request.path_params["lot_id"],
        to_room_id=values.pop("room_id"),
        now=clock.now(),
        **values,
    )
    return done_with(request, done, N_("%(grams)s moved."))


@refusals_to(new_issue)
async def issue(request: Request) -> Response:
    """Gives a lot, or a part of it, out."""
    form = read(Issue, await request.form())
    done = await lots.issue(
        request.state.actor, lot_id=request.path_params["lot_id"], now=clock.now(), **form.values()
    )
    return done_with(request, done, N_("%(grams)s issued."))


@refusals_to(new_count)
async def adjust(request: Request) -> Response:
    """Brings the book to what was counted."""
    form = read(Count, await request.form())
    done = await lots.adjust(
        request.state.actor, lot_id=request.path_params["lot_id"], now=clock.now(), holders=request.app.state.holders,
        **form.values(),
    )  # fmt: skip
    return done_with(request, done, N_("The book is corrected by %(grams)s."))


def done_with(request: Request, done: Done, message: str, *, show_other: bool = False) -> Response:
    """Back to the lot (or on to the one that was made of it), with what was done and the way back."""
    lot_id = done.other_lot_id if show_other and done.other_lot_id else done.lot_id
    said = Flash(message, {"grams": weight(done.grams)}, undo=f"/storage/movements/{done.id}/reversal")
    return redirect(request, f"{LOTS}/{lot_id}", said=said)


@refusals_to(new_price)
async def ask(request: Request) -> Response:
    """Sets the price that is asked."""
    form, lot_id = read(Asking, await request.form()), request.path_params["lot_id"]
    await lots.ask(request.state.actor, lot_id=lot_id, fen_per_kg=form.price, now=clock.now())
    said = N_("The price is set.") if form.price is not None else N_("The lot has no price any more.")
    return redirect(request, f"{LOTS}/{lot_id}", said=Flash(said))


async def reverse(request: Request) -> Response:
    """Takes a movement back."""
    form, of = read(Reversal, await request.form()), request.path_params["id"]
    reason = form.reason or gettext("Undone right away")
    done = await movements.reverse(
        request.state.actor, id=movements.reversal_id(of), of=of, reason=reason, now=clock.now(), holders=request.app.state.holders
    )  # fmt: skip
    said = Flash(N_("%(grams)s taken back."), {"grams": weight(done.grams)})
    return redirect(request, f"{LOTS}/{done.lot_id}", said=said)


routes = [
    route(LOTS, index, may=Capability.STORAGE_READ, name="lots"),
    route(LOT, show, may=Capability.STORAGE_READ, name="lot"),
    route(f"{LOT}/moves/new", new_move, may=Capability.STORAGE_MOVE),
    route(f"{LOT}/moves", move, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{LOT}/issues/new", new_issue, may=Capability.STORAGE_MOVE),
    route(f"{LOT}/issues", issue, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{LOT}/adjustments/new", new_count, may=Capability.STORAGE_ADJUST),
    route(f"{LOT}/adjustments", adjust, methods=["POST"], may=Capability.STORAGE_ADJUST),
    route(f"{LOT}/asking-price", new_price, may=Capability.STORAGE_MOVE),
    route(f"{LOT}/asking-price", ask, methods=["POST"], may=Capability.STORAGE_MOVE),
    route("/storage/movements/{id:uuid}/reversal", reverse, methods=["POST"], may=Capability.STORAGE_MOVE),
]
