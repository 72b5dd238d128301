"""Moves of a household, people who go to another one, and a household that becomes two."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Missing
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory import move_queries, moves, person_moves, queries
from pepperchain.directory.household_queries import get_household, get_person, people_of, plots_of
from pepperchain.directory.relation_forms import Going, NewMove, Split, TakenBack
from pepperchain.directory.relation_rules import LeavingReason
from pepperchain.directory.search import household_meant
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

EDIT = Capability.DIRECTORY_EDIT
HOME = "/growers/{household_id:int}"
MOVES = f"{HOME}/moves"


async def show(request: Request) -> Response:
    actor, id = request.state.actor, request.path_params["household_id"]
    found = await move_queries.moves_of(actor, id)
    context = {
        "household": await get_household(actor, id),
        "moves": found,
        "coming": move_queries.coming(found),
        "latest": move_queries.latest(found),
        "villages": await _everywhere(),
        "request_id": new_id(),
        "today": clock.local_day(clock.now()),
    }
    return render(request, "directory/moves.html", context)


async def _everywhere() -> list[tuple[int, str]]:
    """Every village with its township: people move anywhere in the district."""
    language = reader().language
    townships = {area.id: area.called(language) for area in await queries.townships()}
    return [
        (area.id, f"{townships[area.township_id]} {area.called(language)}")
        for area in await queries.all_villages()
    ]


@refusals_to(show)
async def move(request: Request) -> Response:
    actor, id = request.state.actor, request.path_params["household_id"]
    values = read(NewMove, await request.form()).values()
    waits = values["on"] > clock.local_day(clock.now())
    values["keeps_membership"] = not values.pop("ends_membership")
    await moves.move(actor, id=values.pop("request_id"), household_id=id, **values, now=clock.now())
    said = (
        N_("The move is planned. It takes effect by itself on that day.")
        if waits
        else N_("The household has moved.")
    )
    return redirect(request, await _where(actor, id), said=Flash(said))


async def _where(actor: Actor, household_id: int) -> str:
    """Its page; the list for those who no longer see it, because its membership ended."""
    try:
        await get_household(actor, household_id)
    except Missing:
        return "/growers"
    return f"/growers/{household_id}"


@refusals_to(show)
async def take_back(request: Request) -> Response:
    form, id = read(TakenBack, await request.form()), request.path_params["household_id"]
    await moves.take_back(
        request.state.actor,
        household_id=id,
        id=request.path_params["move_id"],
        reason=form.reason,
        now=clock.now(),
    )
    return redirect(request, f"/growers/{id}", said=Flash(N_("Taken back. The household is where it was.")))


async def going(request: Request) -> Response:
    actor, home = request.state.actor, request.path_params["household_id"]
    person = await get_person(actor, request.path_params["person_id"])
    if person.household_id != home:
        raise Missing()
    context = {
        "household": await get_household(actor, home),
        "person": person,
        "reasons": _reasons(),
        "request_id": new_id(),
        "today": clock.local_day(clock.now()),
    }
    return render(request, "directory/person_going.html", context)


@refusals_to(going)
async def go(request: Request) -> Response:
    actor, person_id = request.state.actor, request.path_params["person_id"]
    form = read(Going, await request.form())
    entered = await person_moves.go(
        actor, id=form.request_id, person_id=person_id, version=form.version,
        household_id=await household_meant(actor, form.household), on=form.on, reason=form.reason, now=clock.now(),
    )  # fmt: skip
    person = await get_person(actor, person_id)
    said = N_("Of this household before.") if entered.repeated else N_("Now of this household.")
    return redirect(request, f"/growers/{person.household_id}", said=Flash(said))


async def dividing(request: Request) -> Response:
    actor, id = request.state.actor, request.path_params["household_id"]
    household = await get_household(actor, id)
    context = {
        "household": household,
        "people": [(each.id, each.name) for each in await people_of(actor, id) if not each.is_head],
        "plots": [(each.id, each.name) for each in await plots_of(actor, id)],
        "villages": await _everywhere(),
        "reasons": _reasons(),
        "request_id": new_id(),
        "today": clock.local_day(clock.now()),
    }
    return render(request, "directory/split.html", context)


@refusals_to(dividing)
async def divide(request: Request) -> Response:
    actor, id = request.state.actor, request.path_params["household_id"]
    values = read(Split, await request.form()).values()
    made = await person_moves.split(
        actor, id=values.pop("request_id"), household_id=id, **values, now=clock.now()
    )
    said = Flash(N_("A household of its own. The card number is %(card)s."), {"card": made.card_number})
    return redirect(request, f"/growers/{made.id}", said=said)


def _reasons() -> list[tuple[str, str]]:
    return [(each.value, gettext(each.words)) for each in LeavingReason]


routes = [
    route(MOVES, show, may=EDIT, name="moves"),
    route(MOVES, move, methods=["POST"], may=EDIT, name="move"),
    route(f"{MOVES}/{{move_id:int}}/reversal", take_back, methods=["POST"], may=EDIT),
    route(f"{HOME}/people/{{person_id:int}}/household", going, may=EDIT),
    route(f"{HOME}/people/{{person_id:int}}/household", go, methods=["POST"], may=EDIT),
    route(f"{HOME}/division", dividing, may=EDIT, name="division"),
    route(f"{HOME}/division", divide, methods=["POST"], may=EDIT, name="divide"),
]
