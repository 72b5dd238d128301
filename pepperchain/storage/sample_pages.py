"""Quality: a sample is taken of a lot, and what a laboratory found in it is noted."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.storage import sample_queries, samples
from pepperchain.storage.forms import Sampling, Testing
from pepperchain.storage.lot_pages import LOT, LOTS, about, lot_of
from pepperchain.storage.quality_rules import Item, limits, source
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

SAMPLE = "/storage/samples/{id:uuid}"


async def new_sample(request: Request) -> Response:
    """How much is taken."""
    return render(request, "storage/sample_new.html", await about(request, await lot_of(request)))


@refusals_to(new_sample)
async def take(request: Request) -> Response:
    """Takes a sample."""
    form, lot_id = read(Sampling, await request.form()), request.path_params["lot_id"]
    done = await samples.take(
        request.state.actor, id=form.id, lot_id=lot_id, grams=form.grams or Grams(0), note=form.note, now=clock.now()
    )  # fmt: skip
    undo = f"/storage/movements/{done.id}/reversal" if done.grams else None
    said = Flash(N_("The sample is written down."), undo=undo)
    return redirect(request, f"{LOTS}/{lot_id}", said=said)


async def new_test(request: Request) -> Response:
    """What was found in a sample."""
    lot = await sample_queries.sampled_lot(request.state.actor, request.path_params["id"])
    against, language = limits(lot.form), reader().language
    context = {
        "sample_id": request.path_params["id"],
        "items": [
            (item, against[item].said if item in against else "", source(lot.form, item, language))
            for item in Item
        ],
        "today": clock.local_day(clock.now()),
    }
    return render(request, "storage/test_new.html", {**await about(request, lot), **context})


@refusals_to(new_test)
async def note(request: Request) -> Response:
    """Notes what was found."""
    form, sample_id = read(Testing, await request.form()), request.path_params["id"]
    lot = await sample_queries.sampled_lot(request.state.actor, sample_id)
    found = await samples.note_test(
        request.state.actor, id=form.id, sample_id=sample_id, laboratory=form.laboratory, certificate=form.certificate,
        tested_on=form.tested_on, results=form.results(), remark=form.remark, block_reason=gettext("A quality test failed"),
        now=clock.now(),
    )  # fmt: skip
    said = Flash(N_("Test noted: %(verdict)s."), {"verdict": gettext(found.label)})
    return redirect(request, f"{LOTS}/{lot.id}", said=said)


routes = [
    route(f"{LOT}/samples/new", new_sample, may=Capability.STORAGE_MOVE),
    route(f"{LOT}/samples", take, methods=["POST"], may=Capability.STORAGE_MOVE),
    route(f"{SAMPLE}/tests/new", new_test, may=Capability.STORAGE_MOVE),
    route(f"{SAMPLE}/tests", note, methods=["POST"], may=Capability.STORAGE_MOVE),
]
