"""The people and the plots of a household, each with a page of their own to change them on."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Missing
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory import people, plots
from pepperchain.directory.duplicates import Suspected, likely
from pepperchain.directory.forms import ChangedPerson, ChangedPlot, Ending, NewPerson, NewPlot
from pepperchain.directory.grower_pages import coded, doubtful_card, village_choices
from pepperchain.directory.household_queries import (
    HouseholdDetail,
    PersonRow,
    get_household,
    get_person,
    get_plot,
    people_of,
)
from pepperchain.directory.merge_queries import person_survivor_of
from pepperchain.directory.queries import GrowerHit
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route
from pepperchain.web.steps import Prove, SecondStep

EDIT = Capability.DIRECTORY_EDIT
SLOPES = (("sunny", N_("Sunny slope")), ("shady", N_("Shady slope")), ("flat", N_("Flat")))


async def new_person(request: Request) -> Response:
    household = await get_household(request.state.actor, request.path_params["household_id"])
    likenesses = getattr(request.state, "likenesses", ())
    context = {
        "household": household,
        "person": None,
        "request_id": new_id(),
        "likenesses": likenesses,
        "numbers_apart": people.numbers_apart(),
    }
    return render(request, "directory/person.html", context)


@refusals_to(new_person)
async def enter_person(request: Request) -> Response:
    form, home = read(NewPerson, await request.form()), request.path_params["household_id"]
    try:
        await people.enter(
            request.state.actor,
            id=form.request_id,
            household_id=home,
            person=form.particulars(),
            confirmed=form.confirmed,
            now=clock.now(),
        )
    except Suspected as suspected:
        request.state.likenesses = suspected.likenesses
        raise
    return redirect(request, f"/growers/{home}", said=doubtful_card(form.bank_card) or Flash(N_("Entered.")))


async def show_person(request: Request) -> Response:
    actor = request.state.actor
    try:
        person = await get_person(actor, request.path_params["person_id"])
    except Missing:
        found = await person_survivor_of(actor, request.path_params["person_id"])
        return redirect(request, f"/growers/{found.household_id}/people/{found.id}")
    household = await get_household(actor, request.path_params["household_id"])
    if person.household_id != household.id:
        raise Missing()
    likenesses = getattr(request.state, "likenesses", ())
    context = {
        "household": household,
        "person": person,
        "likenesses": likenesses,
        "numbers_apart": people.numbers_apart(),
        "has_step": await request.app.state.second_step.is_kept(actor),
        "doubles": [] if person.left_on else await _doubles(actor, household, person),
        "today": clock.local_day(clock.now()),
    }
    return render(request, "directory/person.html", context)


async def _doubles(
    actor: Actor, household: HouseholdDetail, person: PersonRow
) -> list[tuple[int, str, GrowerHit | None]]:
    """Who this may be a second entry of: everybody of the household, and those elsewhere with the same phone or name."""
    own = [
        (each.id, each.name, None) for each in await people_of(actor, household.id) if each.id != person.id
    ]
    alike = await likely(
        actor,
        village_id=household.village_id,
        name=person.name,
        phone=person.phone,
        id_number=None,
        besides=person.id,
    )
    others = [like.hit for like in alike if like.hit is not None and like.hit.household_id != household.id]
    return [*own, *((hit.person_id, hit.name, hit) for hit in others)]


@refusals_to(show_person)
async def change_person(request: Request) -> Response:
    form, home = read(ChangedPerson, await request.form()), request.path_params["household_id"]
    now = clock.now()
    try:
        await people.change(
            request.state.actor,
            id=request.path_params["person_id"],
            version=form.version,
            person=form.particulars(),
            forget_id_number=form.forget_id_number,
            forget_bank_card=form.forget_bank_card,
            confirmed=form.confirmed,
            prove=await _proof(request, form, now=now),
            now=now,
        )
    except Suspected as suspected:
        request.state.likenesses = suspected.likenesses
        raise
    return redirect(request, f"/growers/{home}", said=doubtful_card(form.bank_card) or Flash(N_("Saved.")))


async def _proof(request: Request, form: ChangedPerson, *, now: datetime) -> Prove | None:
    """What proves that whoever changes a bank card holds their second step too, if they have one."""
    if form.bank_card is None and not form.forget_bank_card:
        return None
    step: SecondStep = request.app.state.second_step
    address = request.client.host if request.client else ""
    return await step.guessed(request.state.actor, form.code, address=address, now=now)


@refusals_to(show_person)
async def depart(request: Request) -> Response:
    form, home = read(Ending, await request.form()), request.path_params["household_id"]
    await people.leave(
        request.state.actor, id=request.path_params["person_id"], **form.values(), now=clock.now()
    )
    return redirect(request, f"/growers/{home}", said=Flash(N_("No longer of this household.")))


async def new_plot(request: Request) -> Response:
    household = await get_household(request.state.actor, request.path_params["household_id"])
    context = {
        "household": household,
        "plot": None,
        "request_id": new_id(),
        **await _orchard_choices(request),
    }
    return render(request, "directory/plot.html", context)


@refusals_to(new_plot)
async def enter_plot(request: Request) -> Response:
    form, home = read(NewPlot, await request.form()), request.path_params["household_id"]
    await plots.enter(
        request.state.actor, id=form.request_id, household_id=home, plot=form.orchard(), now=clock.now()
    )
    return redirect(request, f"/growers/{home}", said=Flash(N_("Entered.")))


async def show_plot(request: Request) -> Response:
    actor = request.state.actor
    plot = await get_plot(actor, request.path_params["plot_id"])
    household = await get_household(actor, request.path_params["household_id"])
    if plot.household_id != household.id:
        raise Missing()
    context = {"household": household, "plot": plot, "today": clock.local_day(clock.now())}
    return render(request, "directory/plot.html", {**context, **await _orchard_choices(request)})


@refusals_to(show_plot)
async def change_plot(request: Request) -> Response:
    form, home = read(ChangedPlot, await request.form()), request.path_params["household_id"]
    await plots.change(
        request.state.actor,
        id=request.path_params["plot_id"],
        version=form.version,
        plot=form.orchard(),
        now=clock.now(),
    )
    return redirect(request, f"/growers/{home}", said=Flash(N_("Saved.")))


@refusals_to(show_plot)
async def end_plot(request: Request) -> Response:
    form, home = read(Ending, await request.form()), request.path_params["household_id"]
    await plots.end(request.state.actor, id=request.path_params["plot_id"], **form.values(), now=clock.now())
    return redirect(request, f"/growers/{home}", said=Flash(N_("The plot has ended. Its slips stay.")))


async def _orchard_choices(request: Request) -> dict[str, Any]:
    return {
        "villages": await village_choices(request.state.actor),
        "cultivars": coded("cultivars"),
        "practices": coded("practices"),
        "slopes": [(code, gettext(words)) for code, words in SLOPES],
        "season": clock.local_day(clock.now()).year,
    }


_HOME = "/growers/{household_id:int}"
routes = [
    route(f"{_HOME}/people/new", new_person, may=EDIT),
    route(f"{_HOME}/people", enter_person, methods=["POST"], may=EDIT),
    route(f"{_HOME}/people/{{person_id:int}}", show_person, may=EDIT),
    route(f"{_HOME}/people/{{person_id:int}}", change_person, methods=["POST"], may=EDIT),
    route(f"{_HOME}/people/{{person_id:int}}/departure", depart, methods=["POST"], may=EDIT),
    route(f"{_HOME}/plots/new", new_plot, may=EDIT),
    route(f"{_HOME}/plots", enter_plot, methods=["POST"], may=EDIT),
    route(f"{_HOME}/plots/{{plot_id:int}}", show_plot, may=EDIT),
    route(f"{_HOME}/plots/{{plot_id:int}}", change_plot, methods=["POST"], may=EDIT),
    route(f"{_HOME}/plots/{{plot_id:int}}/ending", end_plot, methods=["POST"], may=EDIT),
]
