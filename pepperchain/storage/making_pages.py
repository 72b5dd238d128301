"""What makes lots of lots: processing, splitting, merging, regrading; and blocking one."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.harvest import rules as trade
from pepperchain.storage import blocks, conversions, lot_queries, lots, mergers, queries
from pepperchain.storage.forms import Blocking, Merger, Processing, ProcessingStart, Regrading, Split
from pepperchain.storage.lot_pages import LOT, about, done_with, lot_of
from pepperchain.storage.processing_rules import (
    PERMILLE,
    Band,
    becomes,
    lots_max,
    merge_days_max,
    outputs_max,
)
from pepperchain.web.filters import tonnes
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import render
from pepperchain.web.routing import route

ROUNDED_GRAMS = 10


async def new_processing(request: Request) -> Response:
    """What goes in, and what came out."""
    actor: Actor = request.state.actor
    lot = await lot_of(request)
    ways, asked = becomes(lot.form), read(ProcessingStart, request.query_params).to
    to = asked if asked in ways else next(iter(ways), None)
    rooms = await queries.usable_rooms(actor, form=to, near_township_id=lot.township_id) if to else []
    band = ways[to] if to else None
    context = {
        "ways": list(ways),
        "to": to,
        "grade_options": _grades(to),
        "room_options": [(room.id, _spelled(room)) for room in rooms],
        "others": await lot_queries.processed_with(actor, lot, limit=lots_max() - 1),
        "usual": band and _usual(lot.free_grams, band),
        "due_before": await lot_queries.due_before(actor, lot),
        "rows": range(2, outputs_max() + 1),
    }
    return render(request, "storage/lot_process.html", {**await about(request, lot), **context})


def _usual(inside: Grams, band: Band) -> list[Grams]:
    """What usually comes out of so much, to ten grams: more exact would pretend to know."""
    shares = (band.low_permille, band.high_permille)
    return [Grams(inside * share // PERMILLE // ROUNDED_GRAMS * ROUNDED_GRAMS) for share in shares]


def _grades(form: str | None) -> list[tuple[str, str]]:
    named = trade.words(reader().language)
    return [(code, named.grade(code)) for code in trade.forms()[form].grades] if form else []


def _spelled(room: queries.RoomRow) -> str:
    return gettext("%(room)s: %(free)s t free") % {"room": room.full_name, "free": tonnes(room.free_grams)}


@refusals_to(new_processing)
async def process(request: Request) -> Response:
    """Makes lots into another form."""
    form = read(Processing, await request.form())
    done = await conversions.process(
        request.state.actor, id=form.id, inputs=form.inputs(request.path_params["lot_id"]), form=form.to, outputs=form.outputs(),
        seed=form.seed or Grams(0), waste=form.waste or Grams(0), reason=form.reason, now=clock.now(),
    )  # fmt: skip
    return done_with(request, done, N_("%(grams)s processed."), show_other=True)


async def new_split(request: Request) -> Response:
    """How much becomes a lot of its own."""
    return render(request, "storage/lot_split.html", await about(request, await lot_of(request)))


@refusals_to(new_split)
async def split(request: Request) -> Response:
    """Makes a part of a lot a lot of its own."""
    form = read(Split, await request.form())
    done = await lots.split(
        request.state.actor, lot_id=request.path_params["lot_id"], now=clock.now(), **form.values()
    )
    return done_with(request, done, N_("%(grams)s split off."), show_other=True)


async def new_regrading(request: Request) -> Response:
    """Which grade it turned out to have."""
    lot = await lot_of(request)
    grades = [(code, words) for code, words in _grades(lot.form) if code != lot.grade]
    return render(request, "storage/lot_regrade.html", {**await about(request, lot), "grade_options": grades})


@refusals_to(new_regrading)
async def regrade(request: Request) -> Response:
    """Gives a lot, or a part of it, another grade."""
    form = read(Regrading, await request.form())
    done = await conversions.regrade(
        request.state.actor, lot_id=request.path_params["lot_id"], now=clock.now(), **form.values()
    )
    return done_with(request, done, N_("%(grams)s regraded."), show_other=True)


async def new_merger(request: Request) -> Response:
    """Which lots are poured in."""
    lot = await lot_of(request)
    context = {
        "others": await lot_queries.poured_with(request.state.actor, lot),
        "days_max": merge_days_max(lot.form),
    }
    return render(request, "storage/lot_merge.html", {**await about(request, lot), **context})


@refusals_to(new_merger)
async def merge(request: Request) -> Response:
    """Pours lots into one."""
    form = read(Merger, await request.form())
    done = await mergers.merge(
        request.state.actor, lot_id=request.path_params["lot_id"], now=clock.now(), holders=request.app.state.holders,
        **form.values(),
    )  # fmt: skip
    return done_with(request, done, N_("%(grams)s poured in."))


async def new_block(request: Request) -> Response:
    """Why it is blocked, or why it no longer is."""
    lot = await lot_of(request)
    context = {"block": await lot_queries.block_of(lot)}
    return render(request, "storage/lot_block.html", {**await about(request, lot), **context})


@refusals_to(new_block)
async def block(request: Request) -> Response:
    """Blocks a lot."""
    form = read(Blocking, await request.form())
    done = await blocks.block(
        request.state.actor, lot_id=request.path_params["lot_id"], now=clock.now(), **form.values()
    )
    return done_with(request, done, N_("The lot is blocked."))


@refusals_to(new_block)
async def release(request: Request) -> Response:
    """Lifts the block of a lot."""
    form = read(Blocking, await request.form())
    done = await blocks.release(
        request.state.actor, lot_id=request.path_params["lot_id"], now=clock.now(), **form.values()
    )
    return done_with(request, done, N_("The block is lifted."))


routes = [
    route(f"{LOT}/processings/new", new_processing, may=Capability.STORAGE_MOVE),
    route(f"{LOT}/processings", process, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{LOT}/splits/new", new_split, may=Capability.STORAGE_MOVE),
    route(f"{LOT}/splits", split, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{LOT}/regradings/new", new_regrading, may=Capability.STORAGE_MOVE),
    route(f"{LOT}/regradings", regrade, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{LOT}/mergers/new", new_merger, may=Capability.STORAGE_MOVE),
    route(f"{LOT}/mergers", merge, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{LOT}/blocks/new", new_block, may=Capability.STORAGE_MOVE),
    route(f"{LOT}/blocks", block, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{LOT}/releases", release, methods=["POST"], may=Capability.STORAGE_MOVE),
]
