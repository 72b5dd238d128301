"""Household cards: printed for one household, for chosen ones or for a village; reported lost, found, issued anew."""

from starlette.requests import Request
from starlette.responses import Response

from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory import card_papers, cards, queries
from pepperchain.directory.card_queries import PrintedCard
from pepperchain.directory.forms import Cards, Printing
from pepperchain.directory.grower_pages import show
from pepperchain.web.filters import card as spaced
from pepperchain.web.flash import Flash
from pepperchain.web.forms import read, refusals_to
from pepperchain.web.i18n import reader
from pepperchain.web.render import redirect, render
from pepperchain.web.routing import route

EDIT = Capability.DIRECTORY_EDIT
HOUSEHOLD = "/growers/{household_id:int}"


async def index(request: Request) -> Response:
    """Whose cards to print: a village's."""
    language = reader().language
    villages = await queries.villages_lived_in(request.state.actor)
    townships = {area.id: area.called(language) for area in await queries.townships()}
    several = len({area.township_id for area in villages}) > 1
    options = [
        (
            area.id,
            f"{townships[area.township_id]} {area.called(language)}" if several else area.called(language),
        )
        for area in villages
    ]
    return render(request, "directory/cards.html", {"villages": options})


async def print_many(request: Request) -> Response:
    """The cards of a village or of chosen households as a PDF."""
    form, now = read(Printing, request.query_params), clock.now()
    if form.village is None and not form.household:
        raise Refused(N_("Choose a village, or tick households in the list of growers."))
    ids = () if form.village is not None else form.household
    printed = await cards.print_out(request.state.actor, household_ids=ids, village_id=form.village, now=now)
    return await _paper(printed, "cards.pdf")


async def print_one(request: Request) -> Response:
    id = request.path_params["household_id"]
    printed = await cards.print_out(request.state.actor, household_ids=[id], now=clock.now())
    return await _paper(printed, f"card-{printed[0].number}.pdf")


async def _paper(printed: list[PrintedCard], name: str) -> Response:
    pdf = await card_papers.pdf(printed, now=clock.now())
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


@refusals_to(show)
async def report_lost(request: Request) -> Response:
    form, id = read(Cards, await request.form()), request.path_params["household_id"]
    await cards.report_lost(request.state.actor, household_id=id, number=form.card, now=clock.now())
    said = Flash(N_("The card is reported lost: its number is refused from now on."))
    return redirect(request, f"/growers/{id}", said=said)


@refusals_to(show)
async def note_found(request: Request) -> Response:
    form, id = read(Cards, await request.form()), request.path_params["household_id"]
    await cards.found(request.state.actor, household_id=id, number=form.card, now=clock.now())
    return redirect(request, f"/growers/{id}", said=Flash(N_("The card is valid again.")))


@refusals_to(show)
async def issue_anew(request: Request) -> Response:
    form, id = read(Cards, await request.form()), request.path_params["household_id"]
    new = await cards.reissue(request.state.actor, household_id=id, number=form.card, now=clock.now())
    said = Flash(N_("The new card has the number %(card)s. Print it now."), {"card": spaced(new)})
    return redirect(request, f"/growers/{id}", said=said)


routes = [
    route("/growers/cards", index, may=EDIT, name="cards"),
    route("/growers/cards/print", print_many, may=EDIT, name="print_cards"),
    route(f"{HOUSEHOLD}/card/print", print_one, may=EDIT, name="print_card"),
    route(f"{HOUSEHOLD}/card/losses", report_lost, methods=["POST"], may=EDIT, name="report_card_lost"),
    route(f"{HOUSEHOLD}/card/returns", note_found, methods=["POST"], may=EDIT, name="card_found"),
    route(f"{HOUSEHOLD}/cards", issue_anew, methods=["POST"], may=EDIT, name="issue_card"),
]
