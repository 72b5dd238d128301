"""Two households or two people side by side before they become one, the list of merges, and a merge with its undo.

The form that merges two households goes to `accounts.merge_pages`, since it may have to wait for a second person.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory import card_queries, merge_queries, merges, rules
from pepperchain.directory.forms import Pair, PersonMerge
from pepperchain.directory.household_queries import HouseholdDetail
from pepperchain.directory.matching_queries import Snapshot
from pepperchain.directory.merge_rules import Mover
from pepperchain.web import filters
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

READ, EDIT = Capability.DIRECTORY_READ, Capability.DIRECTORY_EDIT
MERGES = "/growers/merges"
OWN_WORDS = {
    "directory_person": N_("People"),
    "directory_plot": N_("Plots"),
    "directory_membership": N_("Memberships"),
    "directory_household": N_("Households"),
    "directory_proxy": N_("Proxies"),
    "directory_head_change": N_("Changes of head"),
    "directory_move": N_("Moves"),
    "directory_person_move": N_("Moves"),
}
_OTHERS = N_("Other records")


def _pair(request: Request) -> Pair:
    """The two that are meant: as the address says, or the form that was refused."""
    return read(Pair, getattr(request.state, "typed", None) or request.query_params)


async def new(request: Request) -> Response:
    actor, pair = request.state.actor, _pair(request)
    other_id = pair.other
    if other_id is None:
        holder = await card_queries.holder(actor, pair.card or "")
        if holder is None:
            raise Refused(N_("No household has this card."), "card")
        other_id = holder.household_id
    if other_id == pair.one:
        raise Refused(N_("A household cannot be merged with itself."), "card")
    found = await merge_queries.compared(actor, pair.one, other_id)
    alike = next(iter(found.same.items()), None)
    context = {
        "found": found,
        "homes": [found.one.home, found.other.home],
        "sides": [found.one, found.other],
        "lines": [
            *([] if alike is None else _person_lines(found.rows[alike[1]], found.rows[alike[0]])),
            *_home_lines(found.one.home, found.other.home),
        ],
        "moves": _told(request.app.state.movers, await merge_queries.would_move(other_id)),
        "request_id": new_id(),
    }
    return render(request, "directory/merge_new.html", context)


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of both: the name of the choice, what it is, each one's value in words, and whether they are the same."""

    name: str
    label: str
    one: str
    other: str
    is_same: bool


def _person_lines(one: Snapshot, other: Snapshot) -> list[Line]:
    """Of two people; sealed values by their hints, of which the hash tells whether they are the same."""
    sexes = {"male": gettext(N_("man")), "female": gettext(N_("woman"))}
    phones = {False: gettext(N_("no smartphone")), True: gettext(N_("a smartphone"))}
    words: Mapping[str, tuple[str, str, Callable[[Any], str]]] = {
        "name": (N_("Name"), "name", str),
        "sex": (N_("Sex"), "sex", lambda value: sexes[value]),
        "born_on": (N_("Born on"), "born_on", filters.day),
        "phone": (N_("Phone"), "phone", rules.phone_hint),
        "has_smartphone": (N_("Smartphone"), "has_smartphone", lambda value: phones[bool(value)]),
        "id_number": (N_("ID number"), "id_number_hint", str),
        "bank_card": (N_("Bank card"), "bank_card_hint", str),
    }
    lines = []
    for name, (label, column, said) in words.items():
        compared = f"{name}_hash" if name in ("id_number", "bank_card") else column
        ours, theirs = ("" if row[column] is None else said(row[column]) for row in (one, other))
        if ours or theirs:
            lines.append(Line(name, gettext(label), ours, theirs, one[compared] == other[compared]))
    return lines


def _home_lines(one: HouseholdDetail, other: HouseholdDetail) -> list[Line]:
    lines = [Line("place", gettext(N_("Place")), _place(one), _place(other), _place(one) == _place(other))]
    for name, label in (("address", N_("Address")), ("note", N_("Note"))):
        ours, theirs = getattr(one, name) or "", getattr(other, name) or ""
        if ours or theirs:
            lines.append(Line(name, gettext(label), ours, theirs, ours == theirs))
    return lines


def _place(home: HouseholdDetail) -> str:
    is_english = reader().language == "en"
    names = (home.township_en, home.village_en) if is_english else (home.township, home.village)
    group = gettext("group %(number)s") % {"number": home.group_number} if home.group_number else ""
    return " ".join(part for part in (*names, group) if part)


async def new_person(request: Request) -> Response:
    actor, pair = request.state.actor, _pair(request)
    if pair.other is None or pair.other == pair.one:
        raise Refused(N_("A person cannot be merged with themselves."))
    found = await merge_queries.people_compared(actor, pair.one, pair.other)
    context = {
        "found": found,
        "homes": found.homes,
        "people": [found.one, found.other],
        "lines": _person_lines(found.rows[found.one.id], found.rows[found.other.id]),
        "moves": _told(request.app.state.movers, await merge_queries.person_would_move(found.other.id)),
        "request_id": new_id(),
    }
    return render(request, "directory/merge_person.html", context)


@refusals_to(new_person)
async def create_person(request: Request) -> Response:
    form = read(PersonMerge, await request.form())
    made = await merges.merge_people(
        request.state.actor,
        id=form.request_id,
        decision=form.decision(),
        movers=request.app.state.movers,
        now=clock.now(),
    )
    return merged(request, made.id)


def merged(request: Request, id: int) -> Response:
    """Where one goes after a merge, with its undo."""
    said = Flash(N_("The two are one now."), undo=f"{MERGES}/{id}/reversal")
    return redirect(request, f"{MERGES}/{id}", said=said)


async def index(request: Request) -> Response:
    before = (decode(request.query_params.get("cursor"), int) or (None,))[0]
    rows = await merge_queries.list_merges(request.state.actor, before=before, limit=LIMIT + 1)
    page = cut(rows, LIMIT, lambda row: (row.id,))
    return render(request, "directory/merges.html", {"merges": page.rows, "next": page.next})


async def show(request: Request) -> Response:
    actor, movers = request.state.actor, request.app.state.movers
    merge = await merge_queries.get_merge(actor, request.path_params["merge_id"])
    context = {
        "merge": merge,
        "moved": _told(movers, merge.moved),
        "kept": [
            (_word(movers, table), gettext(merge_queries.column_words(what))) for table, what in merge.kept
        ],
        "later": await merge_queries.later_than(merge) if merge.state == "standing" else None,
    }
    return render(request, "directory/merge.html", context)


@refusals_to(show)
async def undo(request: Request) -> Response:
    id = request.path_params["merge_id"]
    merge = await merges.undo(request.state.actor, id=id, movers=request.app.state.movers, now=clock.now())
    said = Flash(N_("Undone: everything is as it was."))
    if merge.kept:
        said = Flash(N_("Undone, but for what was changed since: it stands below."), kind="careful")
    return redirect(request, f"{MERGES}/{id}", said=said)


def _told(movers: Sequence[Mover], moved: Mapping[str, int]) -> list[tuple[str, int]]:
    """How many of what, in words; tables that nobody has a word for are told together."""
    told: dict[str, int] = {}
    for table, rows in moved.items():
        word = _word(movers, table)
        told[word] = told.get(word, 0) + rows
    return sorted(told.items(), key=lambda each: (each[0] == gettext(_OTHERS), -each[1]))


def _word(movers: Sequence[Mover], table: str) -> str:
    known = {**OWN_WORDS, **{name: words for mover in movers for name, words in mover.words.items()}}
    return gettext(known.get(table, _OTHERS))


routes = [
    route(MERGES, index, may=READ, name="merges"),
    route(f"{MERGES}/new", new, may=EDIT, name="new_merge"),
    route(f"{MERGES}/people/new", new_person, may=EDIT, name="new_person_merge"),
    route(f"{MERGES}/people", create_person, methods=["POST"], may=EDIT, name="merge_people"),
    route(f"{MERGES}/{{merge_id:int}}", show, may=READ, name="merge"),
    route(f"{MERGES}/{{merge_id:int}}/reversal", undo, methods=["POST"], may=EDIT, name="undo_merge"),
]
