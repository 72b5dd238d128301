"""Households that may be entered twice: a list by how much speaks for it, and two of them side by side."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Missing
from pepperchain.core.words import N_
from pepperchain.directory import duplicate_queries, findings, rules
from pepperchain.directory.duplicate_queries import DuplicateRow, State, get_duplicate
from pepperchain.directory.forms import Decision, PairChoices
from pepperchain.directory.grower_pages import place_choices
from pepperchain.directory.household_queries import get_household, people_of
from pepperchain.directory.merge_queries import survivor_of
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

READ, EDIT = Capability.DIRECTORY_READ, Capability.DIRECTORY_EDIT
LIST = "/growers/duplicates"


async def index(request: Request) -> Response:
    actor, form = request.state.actor, read(PairChoices, request.query_params)
    rows = await duplicate_queries.list_duplicates(
        actor, **form.narrowing(), before=_place(form.cursor), limit=LIMIT + 1
    )
    page = cut(rows, LIMIT, lambda row: (row.points, row.id))
    context = {
        "form": form,
        "rows": page.rows,
        "next": page.next,
        "found": await duplicate_queries.count_duplicates(actor, **form.narrowing()),
        "cap": duplicate_queries.COUNT_MAX,
        **await place_choices(await duplicate_queries.villages_with(actor), form.township),
    }
    return render(request, "directory/duplicates.html", context, block="results")


def _place(cursor: str | None) -> tuple[int, int] | None:
    values = decode(cursor, int, int)
    return None if values is None or None in values else (values[0], values[1])


async def show(request: Request) -> Response:
    actor = request.state.actor
    pair = await get_duplicate(actor, request.path_params["duplicate_id"])
    if pair.state is State.MERGED:
        return redirect(request, f"/growers/{await _stayed(actor, pair)}")
    homes = [await get_household(actor, side.household_id) for side in (pair.one, pair.other)]
    people = [await people_of(actor, home.id, left=True) for home in homes]
    alike = [
        next(person for person in those if person.id == side.person_id)
        for those, side in zip(people, (pair.one, pair.other), strict=True)
    ]
    same = await duplicate_queries.same_numbers(pair)
    context = {
        "pair": pair,
        "homes": homes,
        "people": people,
        "alike": alike,
        "hint": rules.phone_hint,
        "same_id_number": same[0],
        "same_bank_card": same[1],
    }
    return render(request, "directory/duplicate.html", context)


async def _stayed(actor: Actor, pair: DuplicateRow) -> int:
    """The household that the two are now."""
    try:
        return (await get_household(actor, pair.one.household_id)).id
    except Missing:
        return await survivor_of(actor, pair.one.household_id)


@refusals_to(show)
async def dismiss(request: Request) -> Response:
    id = request.path_params["duplicate_id"]
    form = read(Decision, await request.form())
    await findings.dismiss(request.state.actor, id=id, version=form.version, now=clock.now())
    return redirect(
        request,
        LIST,
        said=Flash(
            N_("Noted: they are not the same. You are asked again only if something new speaks for it."),
            undo=f"{LIST}/{id}/reversal",
        ),
    )


@refusals_to(show)
async def reopen(request: Request) -> Response:
    id = request.path_params["duplicate_id"]
    await findings.reopen(request.state.actor, id=id, now=clock.now())
    return redirect(request, f"{LIST}/{id}", said=Flash(N_("Taken back: the two wait for a decision again.")))


routes = [
    route(LIST, index, may=READ, name="duplicates"),
    route(f"{LIST}/{{duplicate_id:int}}", show, may=READ, name="duplicate"),
    route(f"{LIST}/{{duplicate_id:int}}/dismissal", dismiss, methods=["POST"], may=EDIT),
    route(f"{LIST}/{{duplicate_id:int}}/reversal", reopen, methods=["POST"], may=EDIT),
]
