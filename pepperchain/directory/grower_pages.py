"""Growers: the list that narrows as one types, and a household with its people, plots and membership."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Missing
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory import (
    duplicate_queries,
    households,
    memberships,
    organization_queries,
    people,
    proxy_queries,
    queries,
    rules,
)
from pepperchain.directory.card_queries import cards_of, lost_at
from pepperchain.directory.criterion_rules import Marks
from pepperchain.directory.duplicates import Suspected
from pepperchain.directory.forms import ChangedHousehold, Choices, Ending, NewHousehold, NewMembership
from pepperchain.directory.head_queries import head_changes_of
from pepperchain.directory.household_queries import get_household, memberships_of, people_of, plots_of
from pepperchain.directory.merge_queries import merged_into, survivor_of
from pepperchain.directory.move_queries import moves_of
from pepperchain.directory.relation_rules import HeadReason
from pepperchain.directory.timeline_pages import latest
from pepperchain.settings import settings
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import is_fragment, redirect, render
from pepperchain.web.routing import route

PAIRS_SHOWN_MAX = 99
READ, EDIT = Capability.DIRECTORY_READ, Capability.DIRECTORY_EDIT


async def index(request: Request) -> Response:
    actor, form = request.state.actor, read(Choices, request.query_params)
    marks: Marks = request.app.state.marks
    narrowing = form.narrowing() | {"marked": form.tag and marks.holding(actor, form.tag)}
    if form.q is not None:
        rows = await queries.households_found(actor, form.q, **narrowing, limit=LIMIT + 1)
        found, page = len(rows), cut(rows[:LIMIT], LIMIT, lambda row: (row.id,))
    else:
        before = (decode(form.cursor, int) or (None,))[0]
        rows = await queries.list_households(actor, **narrowing, before=before, limit=LIMIT + 1)
        page = cut(rows, LIMIT, lambda row: (row.id,))
        found = await queries.count_households(actor, **narrowing)
    context = {
        "form": form,
        "rows": page.rows,
        "next": page.next,
        "found": found,
        "card_lost_at": None if form.q is None else await lost_at(actor, form.q),
        **await place_choices(await queries.villages_lived_in(actor), form.township),
    }
    context["marks"] = await marks.of(actor, [row.id for row in page.rows])
    context["mark_choices"] = await marks.choices(actor)
    context["pairs"] = await duplicate_queries.count_duplicates(actor, most=PAIRS_SHOWN_MAX)
    context["pairs_cap"] = PAIRS_SHOWN_MAX
    context["ending"] = await proxy_queries.count_ending_soon(actor, today=clock.local_day(clock.now()))
    context["cap"] = LIMIT if form.q is not None else queries.COUNT_MAX
    return render(request, "directory/growers.html", context, block="results")


async def place_choices(villages: Sequence[queries.AreaRow], township: int | None) -> dict[str, Any]:
    """The places a list can be narrowed to: townships to choose from where there are several, and villages of the chosen one."""
    language = reader().language
    within = {area.township_id for area in villages}
    townships = [area for area in await queries.townships() if area.id in within]
    chosen = township or (townships[0].id if len(townships) == 1 else None)
    return {
        "townships": [(area.id, area.called(language)) for area in townships] if len(townships) > 1 else [],
        "villages": [(area.id, area.called(language)) for area in villages if area.township_id == chosen],
    }


async def new(request: Request) -> Response:
    actor = request.state.actor
    context = {
        "request_id": new_id(),
        "villages": await village_choices(actor),
        "cultivars": coded("cultivars"),
        "cooperatives": await _cooperatives(actor),
        "likenesses": getattr(request.state, "likenesses", ()),
        "numbers_apart": people.numbers_apart(),
        "today": clock.local_day(clock.now()),
    }
    return render(request, "directory/grower_new.html", context)


@refusals_to(new)
async def create(request: Request) -> Response:
    form = read(NewHousehold, await request.form())
    try:
        entered = await households.enter(
            request.state.actor,
            id=form.request_id,
            head=form.particulars(),
            plots=form.plots(),
            **form.place(),
            now=clock.now(),
        )
    except Suspected as suspected:
        request.state.likenesses = suspected.likenesses
        raise
    said = Flash(N_("Entered. The card number is %(card)s."), {"card": entered.card_number})
    return redirect(request, f"/growers/{entered.id}", said=doubtful_card(form.bank_card) or said)


def doubtful_card(bank_card: str | None) -> Flash | None:
    """A hint when a card number's last digit does not fit; it is kept all the same."""
    if bank_card is None or rules.bank_card_fits(rules.bank_card(bank_card)):
        return None
    return Flash(
        N_("Saved. The last digit of the bank card does not fit the others: compare it with the card."),
        kind="careful",
    )


async def show(request: Request) -> Response:
    actor, id = request.state.actor, request.path_params["household_id"]
    try:
        household = await get_household(actor, id)
    except Missing:
        return redirect(request, f"/growers/{await survivor_of(actor, id)}")
    marks: Marks = request.app.state.marks
    context = {
        "household": household,
        "merged": await merged_into(actor, id),
        "marks": (await marks.of(actor, [id])).get(id, ()),
        "mark_choices": await marks.choices(actor),
        "mark_request": new_id(),
        "marks_alone": False,
        "people": await people_of(actor, id),
        "plots": await plots_of(actor, id),
        "memberships": await memberships_of(actor, id),
        "may_correct": partial(memberships.may_correct, actor),
        "changes": await head_changes_of(actor, id),
        "head_reasons": {each.value: gettext(each.words) for each in HeadReason},
        "moves": await moves_of(actor, id),
        "proxies": await proxy_queries.proxies_of(actor, id),
        "today": clock.local_day(clock.now()),
        "cards": await cards_of(id),
        "cultivars": dict(coded("cultivars")),
        "practices": dict(coded("practices")),
        "hint": rules.phone_hint,
        "beside": is_fragment(request),
        "history": None if is_fragment(request) else await latest(request, "household", id, f"/growers/{id}"),
    }
    return render(request, "directory/grower.html", context, block="household")


async def particulars(request: Request) -> Response:
    actor, id = request.state.actor, request.path_params["household_id"]
    household = await get_household(actor, id)
    villages = await village_choices(actor)
    if household.village_id not in dict(villages):
        area = await queries.get_area(household.village_id)
        villages.append((area.id, area.called(reader().language)))
    context = {
        "household": household,
        "people": [(person.id, person.name) for person in await people_of(actor, id)],
        "villages": villages,
        "cooperatives": await _cooperatives(actor),
        "request_id": new_id(),
        "today": clock.local_day(clock.now()),
    }
    return render(request, "directory/grower_particulars.html", context)


@refusals_to(particulars)
async def change(request: Request) -> Response:
    form, id = read(ChangedHousehold, await request.form()), request.path_params["household_id"]
    await households.change(request.state.actor, id=id, **form.values(), now=clock.now())
    return redirect(request, f"/growers/{id}", said=Flash(N_("Saved.")))


@refusals_to(particulars)
async def end(request: Request) -> Response:
    form, id = read(Ending, await request.form()), request.path_params["household_id"]
    await households.end(request.state.actor, id=id, **form.values(), now=clock.now())
    return redirect(
        request, "/growers", said=Flash(N_("The household has ended. Its slips stay where they are."))
    )


@refusals_to(particulars)
async def join(request: Request) -> Response:
    form, id = read(NewMembership, await request.form()), request.path_params["household_id"]
    await memberships.join(
        request.state.actor,
        id=form.request_id,
        household_id=id,
        organization_id=form.cooperative_id,
        on=form.on,
        now=clock.now(),
    )
    return redirect(request, f"/growers/{id}", said=Flash(N_("Now a member.")))


@refusals_to(particulars)
async def leave(request: Request) -> Response:
    form, id = read(Ending, await request.form()), request.path_params["household_id"]
    await memberships.leave(request.state.actor, household_id=id, on=form.on, now=clock.now())
    here = f"/growers/{id}" if queries.may_choose_cooperative(request.state.actor) else "/growers"
    return redirect(request, here, said=Flash(N_("No longer a member.")))


async def village_choices(actor: Actor) -> list[tuple[int, str]]:
    """Villages to choose from, each with its township where there are several."""
    language = reader().language
    villages = await queries.villages_for(actor)
    townships = {area.id: area.called(language) for area in await queries.townships()}
    if len({area.township_id for area in villages}) == 1:
        return [(area.id, area.called(language)) for area in villages]
    return [(area.id, f"{townships[area.township_id]} {area.called(language)}") for area in villages]


async def _cooperatives(actor: Actor) -> list[tuple[int, str]]:
    """Cooperatives to choose from; none for those who enter members of their own."""
    return await organization_queries.cooperatives(actor) if queries.may_choose_cooperative(actor) else []


def coded(section: str) -> list[tuple[str, str]]:
    """Codes of config/products.toml with their names in the reader's language."""
    return [(code, names[reader().language]) for code, names in settings().section(section).items()]


routes = [
    route("/growers", index, may=READ, name="growers"),
    route("/growers", create, methods=["POST"], may=EDIT, name="enter_household"),
    route("/growers/new", new, may=EDIT, name="new_household"),
    route("/growers/{household_id:int}", show, may=READ, name="household"),
    route("/growers/{household_id:int}/particulars", particulars, may=EDIT, name="household_particulars"),
    route(
        "/growers/{household_id:int}/particulars", change, methods=["POST"], may=EDIT, name="change_household"
    ),
    route("/growers/{household_id:int}/ending", end, methods=["POST"], may=EDIT, name="end_household"),
    route(
        "/growers/{household_id:int}/memberships", join, methods=["POST"], may=EDIT, name="join_cooperative"
    ),
    route(
        "/growers/{household_id:int}/memberships/ending",
        leave,
        methods=["POST"],
        may=EDIT,
        name="leave_cooperative",
    ),
]
