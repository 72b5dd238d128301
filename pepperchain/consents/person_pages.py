"""A person's data and rights: what they agreed to, the form to note it, who looked at their numbers, and looking at one."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.accounts import second_steps
from pepperchain.accounts.second_steps import Given
from pepperchain.accounts.session_pages import address_of
from pepperchain.consents import consents, numbers, queries, reveal_queries, reveals
from pepperchain.consents.consents import Proof
from pepperchain.consents.copy_queries import copies_of
from pepperchain.consents.correction_queries import corrections_of
from pepperchain.consents.erasure_queries import latest_of
from pepperchain.consents.forms import Choice, Look, Noted, Numbers, answers
from pepperchain.consents.rules import (
    ASKED,
    REASONS,
    SIGNATURES,
    WRONG,
    How,
    Number,
    State,
    grouped,
    purposes,
)
from pepperchain.core import clock
from pepperchain.core.errors import Missing
from pepperchain.core.ids import new_id
from pepperchain.core.words import N_
from pepperchain.directory.household_queries import PersonRow, get_person
from pepperchain.directory.paper_pages import UPLOAD_BYTES_MAX, paper
from pepperchain.documents import photos
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import gettext
from pepperchain.web.paging import LIMIT, cut, decode
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

READ, RECORD, REVEAL = Capability.CONSENT_READ, Capability.CONSENT_RECORD, Capability.PERSON_REVEAL
COPIES_SHOWN = 10
_KINDS = {State.GIVEN: "good", State.REFUSED: "bad", State.NEVER: "plain"}


async def person_of(request: Request) -> PersonRow:
    """Whom the address names, in their household and the actor's scope."""
    person = await get_person(request.state.actor, request.path_params["person_id"])
    if person.household_id != request.path_params["household_id"]:
        raise Missing()
    return person


async def told(actor: Actor, person: PersonRow, cursor: str | None) -> dict[str, Any]:
    """What both the person's own page and the one of those who keep their data show."""
    before = decode(cursor, int, UUID)
    looks = await reveal_queries.reveals_of(actor, person.id, before=before, limit=LIMIT + 1)
    page = cut(looks, LIMIT, lambda row: (row.at, row.id))
    return {
        "person": person,
        "standings": standings_told(await queries.standings(person.id)),
        "looks": [
            (row, gettext(Number(row.number).words), gettext(REASONS.get(row.reason, row.reason)))
            for row in page.rows
        ],
        "next": page.next,
        "copies": await copies_of(actor, person.id, limit=COPIES_SHOWN),
        "copy_id": new_id(),
        "has_step": await second_steps.is_kept(actor),
        "corrections": [
            (row, gettext(WRONG.get(row.what, row.what)))
            for row in await corrections_of(actor, person.id, limit=COPIES_SHOWN)
        ],
        "erasure": await latest_of(actor, person.id),
        "wrongs": [(code, gettext(words)) for code, words in WRONG.items()],
    }


def standings_told(found: Any) -> list[tuple[Any, ...]]:
    """Each purpose with how the person stands to it: (purpose, standing, words, kind of badge, how it was said)."""
    return [
        (
            purposes()[code],
            each,
            gettext(each.state.words),
            _KINDS.get(each.state, "soon"),
            gettext(How(each.how).words) if each.how else "",
        )
        for code, each in found.items()
    ]


async def show(request: Request) -> Response:
    person = await person_of(request)
    context = await told(request.state.actor, person, read(Choice, request.query_params).cursor)
    return render(request, "consents/person.html", context)


async def new(request: Request) -> Response:
    """The texts to read out, each answered apart."""
    person = await person_of(request)
    context = {
        "person": person,
        "standings": standings_told(await queries.standings(person.id)),
        "hows": [(how.value, gettext(how.words)) for how in ASKED],
        "request_id": new_id(),
    }
    return render(request, "consents/consent_new.html", context)


@refusals_to(new)
async def record(request: Request) -> Response:
    person = await person_of(request)
    sent = await request.form(max_files=2, max_fields=60)
    async with paper(sent, folder=SIGNATURES, wanted=sent.get("how") == How.SIGNED) as token:
        form = read(Noted, sent)
        is_new = await consents.record(
            request.state.actor,
            id=form.request_id,
            person_id=person.id,
            answers=answers(sent),
            proof=Proof(form.how, form.witness, token),
            now=clock.now(),
        )
        if not is_new and token is not None:
            await photos.discard([token], folder=SIGNATURES)
    return redirect(request, _home(person), said=Flash(N_("Noted.")))


async def new_numbers(request: Request) -> Response:
    """The texts of the two numbers, and the numbers themselves."""
    person = await person_of(request)
    context = {
        "person": person,
        "asked": [(number, purposes()[number.value]) for number in Number],
        "hints": {Number.ID_NUMBER: person.id_number_hint, Number.BANK_CARD: person.bank_card_hint},
        "hows": [(how.value, gettext(how.words)) for how in ASKED],
        "has_step": await second_steps.is_kept(request.state.actor),
        "request_id": new_id(),
    }
    return render(request, "consents/numbers.html", context)


@refusals_to(new_numbers)
async def keep_numbers(request: Request) -> Response:
    person = await person_of(request)
    sent = await request.form(max_files=2, max_fields=30)
    async with paper(sent, folder=SIGNATURES, wanted=sent.get("how") == How.SIGNED) as token:
        form = read(Numbers, sent)
        is_new = await numbers.keep(
            request.state.actor,
            id=form.request_id,
            person_id=person.id,
            version=form.version,
            numbers=form.numbers(),
            texts=form.texts(),
            proof=Proof(form.how, form.witness, token),
            given=Given(form.code, address_of(request)),
            now=clock.now(),
        )
        if not is_new and token is not None:
            await photos.discard([token], folder=SIGNATURES)
    return redirect(request, _home(person), said=Flash(N_("Sealed, with the consent to it.")))


async def photo(request: Request) -> Response:
    """The signature."""
    person, id = await person_of(request), request.path_params["consent_id"]
    token = await queries.photo_token_of(request.state.actor, person.id, id)
    return photos.answer(token, named=f"consent-{id}.jpg", folder=SIGNATURES)


async def new_look(request: Request) -> Response:
    """Which number, and why: nothing is shown before that is said."""
    person, actor = await person_of(request), request.state.actor
    hints = {Number.ID_NUMBER: person.id_number_hint, Number.BANK_CARD: person.bank_card_hint}
    context = {
        "person": person,
        "numbers": [(number.value, gettext(number.words)) for number, hint in hints.items() if hint],
        "reasons": [(code, gettext(words)) for code, words in REASONS.items()],
        "has_step": await second_steps.is_kept(actor),
        "by_two": reveals.by_two(actor),
        "request_id": new_id(),
    }
    return render(request, "consents/reveal_new.html", context)


@refusals_to(new_look)
async def look(request: Request) -> Response:
    person = await person_of(request)
    form = read(Look, await request.form())
    seen = await reveals.look(
        request.state.actor,
        person_id=person.id,
        **form.values(),
        address=address_of(request),
        now=clock.now(),
    )
    if seen.value is None:
        said = Flash(N_("Somebody else decides on it now. Once they agree, open this page again."))
        return redirect(request, _home(person), said=said)
    context = {"person": person, "words": gettext(form.number.words), "value": grouped(seen.value)}
    return render(request, "consents/reveal.html", context)


def _home(person: PersonRow) -> str:
    return f"/growers/{person.household_id}/people/{person.id}/rights"


_PERSON = "/growers/{household_id:int}/people/{person_id:int}"
routes = [
    route(f"{_PERSON}/rights", show, may=READ, name="rights"),
    route(f"{_PERSON}/consents/new", new, may=RECORD, name="consent_new"),
    route(f"{_PERSON}/consents", record, methods=["POST"], may=RECORD, body_bytes_max=UPLOAD_BYTES_MAX),
    route(f"{_PERSON}/numbers/new", new_numbers, may=RECORD, name="numbers_new"),
    route(f"{_PERSON}/numbers", keep_numbers, methods=["POST"], may=RECORD, body_bytes_max=UPLOAD_BYTES_MAX),
    route(f"{_PERSON}/consents/{{consent_id:int}}/photo", photo, may=READ, name="consent_photo"),
    route(f"{_PERSON}/reveals/new", new_look, may=REVEAL, name="reveal_new"),
    route(f"{_PERSON}/reveals", look, methods=["POST"], may=REVEAL),
]
