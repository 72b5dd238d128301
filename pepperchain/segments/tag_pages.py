"""An organization's tags, and the tags of one household."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory.household_queries import get_household
from pepperchain.segments import tag_queries, tags
from pepperchain.segments.forms import ChangedTag, NewTag, TagOn
from pepperchain.segments.rules import Colour
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext
from pepperchain.web.render import is_fragment, redirect, render
from pepperchain.web.routing import route

READ, EDIT = Capability.SEGMENT_READ, Capability.SEGMENT_EDIT
_TAG, _HOUSEHOLD = "/segments/tags/{tag_id:int}", "/growers/{household_id:int}/tags"


async def index(request: Request) -> Response:
    rows = await tag_queries.tags(request.state.actor)
    context = {
        "rows": rows,
        "counts": await tag_queries.counts([row.id for row in rows]),
        "cap": tag_queries.COUNT_MAX,
        "request_id": new_id(),
        "colours": _colours(),
    }
    return render(request, "segments/tags.html", context)


def _colours() -> list[tuple[str, str]]:
    return [(each.value, gettext(each.words)) for each in Colour]


@refusals_to(index)
async def create(request: Request) -> Response:
    form = read(NewTag, await request.form())
    await tags.make(
        request.state.actor, id=form.request_id, name=form.name, colour=form.colour, now=clock.now()
    )
    return redirect(
        request, "/segments/tags", said=Flash(N_("The tag %(name)s is there."), {"name": form.name})
    )


async def show(request: Request) -> Response:
    tag = await tag_queries.get_tag(request.state.actor, request.path_params["tag_id"])
    counts = await tag_queries.counts([tag.id])
    context = {"tag": tag, "count": counts[tag.id], "cap": tag_queries.COUNT_MAX, "colours": _colours()}
    return render(request, "segments/tag.html", context)


@refusals_to(show)
async def change(request: Request) -> Response:
    form, id = read(ChangedTag, await request.form()), request.path_params["tag_id"]
    await tags.change(request.state.actor, id=id, **form.values(), now=clock.now())
    return redirect(request, "/segments/tags", said=Flash(N_("Saved.")))


@refusals_to(show)
async def remove(request: Request) -> Response:
    id = request.path_params["tag_id"]
    await tags.remove(request.state.actor, id=id, now=clock.now())
    said = Flash(N_("The tag was removed."), undo=f"/segments/tags/{id}/return")
    return redirect(request, "/segments/tags", said=said)


@refusals_to(show)
async def bring_back(request: Request) -> Response:
    await tags.bring_back(request.state.actor, id=request.path_params["tag_id"], now=clock.now())
    return redirect(request, "/segments/tags", said=Flash(N_("It is back.")))


async def marks(request: Request) -> Response:
    """The tags of one household, and those that it can be given."""
    actor, id = request.state.actor, request.path_params["household_id"]
    found = await get_household(actor, id)
    context = {
        "household": found,
        "marks": (await tag_queries.of_households(actor, [id])).get(id, ()),
        "mark_choices": await tag_queries.choices(actor),
        "mark_request": new_id(),
        "marks_alone": True,
    }
    return render(request, "segments/marks.html", context, block="marks")


@refusals_to(marks)
async def put_on(request: Request) -> Response:
    """A tag that is there, or a new one of a name."""
    form, id = read(TagOn, await request.form()), request.path_params["household_id"]
    tag_id = form.tag_id or await _named(request.state.actor, form)
    await tags.put_on(request.state.actor, household_id=id, tag_id=tag_id, now=clock.now())
    return await _after(request)


async def _named(actor: Actor, form: TagOn) -> int:
    if form.name is None:
        raise Refused(N_("Choose a tag, or write a new one."), "tag_id")
    for tag in await tag_queries.tags(actor):
        if tag.name == form.name:
            return tag.id
    made = await tags.make(actor, id=form.request_id or new_id(), name=form.name, now=clock.now())
    return made.id


@refusals_to(marks)
async def take_off(request: Request) -> Response:
    actor, id, tag_id = (
        request.state.actor,
        request.path_params["household_id"],
        request.path_params["tag_id"],
    )
    await tags.take_off(actor, household_id=id, tag_id=tag_id, now=clock.now())
    return await _after(request)


async def _after(request: Request) -> Response:
    if is_fragment(request):
        return await marks(request)
    return redirect(request, f"/growers/{request.path_params['household_id']}")


routes = [
    route("/segments/tags", index, may=READ, name="tags"),
    route("/segments/tags", create, methods=["POST"], may=EDIT, name="make_tag"),
    route(_TAG, show, may=READ, name="tag"),
    route(_TAG, change, methods=["POST"], may=EDIT, name="change_tag"),
    route(f"{_TAG}/disposal", remove, methods=["POST"], may=EDIT, name="remove_tag"),
    route(f"{_TAG}/return", bring_back, methods=["POST"], may=EDIT, name="return_tag"),
    route(_HOUSEHOLD, marks, may=READ, name="household_tags"),
    route(_HOUSEHOLD, put_on, methods=["POST"], may=EDIT, name="put_tag_on"),
    route(
        f"{_HOUSEHOLD}/{{tag_id:int}}/withdrawal", take_off, methods=["POST"], may=EDIT, name="take_tag_off"
    ),
]
