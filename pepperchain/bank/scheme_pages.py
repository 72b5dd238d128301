"""Schemes: which terms hold, drafting others, trying them on what was, and a second person's word."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.bank import scheme_queries, schemes, term_words, terms, trials
from pepperchain.bank.scheme_forms import (
    Amendment,
    Draft,
    DraftStart,
    Publication,
    Reason,
    Revision,
    Trial,
    filled,
)
from pepperchain.bank.scheme_queries import VersionRow
from pepperchain.bank.schemes import NewScheme
from pepperchain.core import clock
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.harvest.rules import forms as pepper_forms
from pepperchain.harvest.rules import words
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext, reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

SCHEMES = "/bank/schemes"
VERSION = SCHEMES + "/{version_id:int}"


async def index(request: Request) -> Response:
    """The terms that hold today, scheme by scheme, and those that are being worked on."""
    actor, now = request.state.actor, clock.now()
    await schemes.ship(now=now)
    cursor = request.query_params.get("cursor")
    found = await scheme_queries.schemes(actor, on=clock.local_day(now), cursor=cursor)
    context = {
        "standing": found.rows,
        "next": found.next,
        "under_way": [] if cursor else await scheme_queries.all_under_way(actor),
        "words": words(reader().language),
    }
    return render(request, "bank/schemes.html", context, block="results")


async def show(request: Request) -> Response:
    """One version: what it promises, what it says otherwise than the version before, and what may be done with it."""
    actor, today = request.state.actor, clock.local_day(clock.now())
    row = await scheme_queries.version(actor, request.path_params["version_id"])
    versions = await scheme_queries.versions(actor, row.scheme_id)
    before = next((each for each in versions if each.number < row.number and each.state == "published"), None)
    holds = await scheme_queries.standing_of(actor, row.scheme_code, on=today)
    context = {
        "row": row,
        "groups": term_words.groups(row.terms),
        "before": before,
        "changes": term_words.changes(before.terms, row.terms) if before is not None else [],
        "versions": versions,
        "holds": holds is not None and holds.id == row.id,
        "own": actor.may(Capability.BANK_SCHEME) and row.operator_id == schemes.owner(actor),
        "is_busy": any(each.state in ("draft", "proposed") for each in versions),
        "drafted_it": row.drafted_by is not None and row.drafted_by == actor.user_id,
        "today": today,
    }
    return render(request, "bank/scheme.html", context)


async def new(request: Request) -> Response:
    """A draft that is not kept yet: of a new scheme, or of a scheme's next version."""
    actor = request.state.actor
    sent = request.query_params if request.method == "GET" else await request.form()
    start = read(DraftStart, {"of": sent.get("scheme_id") or sent.get("of"), "like": sent.get("like")})
    scheme = None if start.of is None else await scheme_queries.scheme(actor, start.of)
    if scheme is not None:
        schemes.check_owned(actor, scheme.operator_id)
    model = await _model(actor, start)
    context = {
        "scheme": scheme,
        "row": None,
        "said": filled(terms.default() if model is None else model.terms, None),
        "request_id": new_id(),
        **_choices(),
    }
    return render(request, "bank/scheme_form.html", context)


async def _model(actor: Actor, start: DraftStart) -> VersionRow | None:
    """The version that a draft begins with; without one the terms that ship."""
    if start.like is not None:
        return await scheme_queries.version(actor, start.like)
    if start.of is None:
        return None
    versions = await scheme_queries.versions(actor, start.of)
    return next((each for each in versions if each.state == "published"), None)


def _choices() -> dict[str, Any]:
    """The words of all choices that the form offers."""
    said = words(reader().language)

    def options(name: str) -> list[tuple[str, str]]:
        kind = type(getattr(terms.default(), name))
        return [(each.value, gettext(term_words.called(each))) for each in kind]

    chosen = (
        "floor",
        "fee_charged",
        "proration",
        "discounts_combine",
        "costs",
        "loss_borne_by",
        "sale_ordered_by",
        "early_fee",
    )
    return {
        "options": {name: options(name) for name in chosen},
        "form_options": said.forms,
        "labels": {name: gettext(label) for name, label in term_words.LABELS.items()},
    }


@refusals_to(new)
async def draft(request: Request) -> Response:
    """Keeps the draft of a new scheme."""
    form = read(Draft, await request.form())
    id = await schemes.draft(
        request.state.actor, id=form.id, scheme=NewScheme(code=form.code, name_zh=form.name_zh, name_en=form.name_en),
        said=form.said(), note=form.note, now=clock.now(),
    )  # fmt: skip
    return redirect(request, f"{SCHEMES}/{id}", said=Flash(N_("The draft is kept.")))


@refusals_to(new)
async def revise(request: Request) -> Response:
    """Keeps the draft of a scheme's next version."""
    form = read(Revision, await request.form())
    id = await schemes.revise(
        request.state.actor, id=form.id, scheme_id=form.scheme_id, said=form.said(), note=form.note, now=clock.now()
    )  # fmt: skip
    return redirect(request, f"{SCHEMES}/{id}", said=Flash(N_("The draft is kept.")))


async def edit(request: Request) -> Response:
    """A draft's terms in their form."""
    row = await scheme_queries.version(request.state.actor, request.path_params["version_id"])
    schemes.check_owned(request.state.actor, row.operator_id)
    context = {"scheme": row, "row": row, "said": filled(row.terms, row), **_choices()}
    return render(request, "bank/scheme_form.html", context)


@refusals_to(edit)
async def amend(request: Request) -> Response:
    """Keeps other terms for a draft."""
    form, id = read(Amendment, await request.form()), request.path_params["version_id"]
    await schemes.amend(
        request.state.actor, version_id=id, said=form.said(), note=form.note, seen=form.seen, now=clock.now()
    )
    return redirect(request, f"{SCHEMES}/{id}", said=Flash(N_("The draft is kept.")))


@refusals_to(show)
async def propose(request: Request) -> Response:
    """Asks for a second person's word."""
    id = request.path_params["version_id"]
    await schemes.propose(request.state.actor, version_id=id, now=clock.now())
    return redirect(request, f"{SCHEMES}/{id}", said=Flash(N_("Proposed: a second person decides.")))


@refusals_to(show)
async def take_back(request: Request) -> Response:
    """Makes it a draft again."""
    id = request.path_params["version_id"]
    await schemes.take_back(request.state.actor, version_id=id, now=clock.now())
    return redirect(request, f"{SCHEMES}/{id}", said=Flash(N_("It is a draft again.")))


@refusals_to(show)
async def publish(request: Request) -> Response:
    """Approves and publishes."""
    form, id = read(Publication, await request.form()), request.path_params["version_id"]
    await schemes.publish(
        request.state.actor, version_id=id, valid_from=form.valid_from, seen=form.seen, now=clock.now()
    )
    return redirect(request, f"{SCHEMES}/{id}", said=Flash(N_("These terms are published.")))


@refusals_to(show)
async def drop(request: Request) -> Response:
    """Gives it up."""
    form, id = read(Reason, await request.form()), request.path_params["version_id"]
    await schemes.drop(request.state.actor, version_id=id, reason=form.reason, now=clock.now())
    return redirect(request, f"{SCHEMES}/{id}", said=Flash(N_("The draft is given up.")))


async def trial(request: Request) -> Response:
    """The terms on last season's prices and on the sales that were made."""
    actor, now = request.state.actor, clock.now()
    row = await scheme_queries.version(actor, request.path_params["version_id"])
    search = read(Trial, request.query_params)
    form = search.form if search.form in row.terms.forms else row.terms.forms[0]
    grades = pepper_forms()[form].grades
    grade = search.grade if search.grade in grades else next(iter(grades))
    keeper = row.operator_id if row.operator_id is not None else schemes.owner(actor)
    context = {
        "row": row,
        "months": await trials.months(
            row.terms, form=form, grade=grade, operator_id=keeper, today=clock.local_day(now)
        ),
        "later": trials.MONTHS_LATER,
        "replay": await trials.replay(actor, row.terms, operator_id=keeper, now=now),
        "form": form,
        "grade": grade,
        "grades": [each for each in words(reader().language).grades if each[0] in grades],
        "words": words(reader().language),
    }
    return render(request, "bank/scheme_trial.html", context)


routes = [
    route(SCHEMES, index, may=Capability.BANK_READ, name="schemes"),
    route(f"{SCHEMES}/new", new, may=Capability.BANK_SCHEME),
    route(SCHEMES, draft, methods=["POST"], may=Capability.BANK_SCHEME),
    route(f"{SCHEMES}/revisions", revise, methods=["POST"], may=Capability.BANK_SCHEME),
    route(VERSION, show, may=Capability.BANK_READ, name="scheme"),
    route(f"{VERSION}/terms", edit, may=Capability.BANK_SCHEME),
    route(f"{VERSION}/terms", amend, methods=["POST"], may=Capability.BANK_SCHEME),
    route(f"{VERSION}/proposal", propose, methods=["POST"], may=Capability.BANK_SCHEME),
    route(f"{VERSION}/return", take_back, methods=["POST"], may=Capability.BANK_SCHEME),
    route(f"{VERSION}/publication", publish, methods=["POST"], may=Capability.BANK_SCHEME_APPROVE),
    route(f"{VERSION}/end", drop, methods=["POST"], may=Capability.BANK_SCHEME),
    route(f"{VERSION}/trial", trial, may=Capability.BANK_SCHEME),
]
