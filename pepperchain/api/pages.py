"""The endpoints: each reads a form, calls the verb or query that a page calls too, and answers JSON."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pepperchain.access.capabilities import Capability
from pepperchain.api import bank_endpoints, forms, items, openapi, reading, shapes
from pepperchain.api.endpoints import Endpoint, created, page
from pepperchain.climate import readings as climate
from pepperchain.climate.forms import samples
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.directory import queries as directory
from pepperchain.harvest import queries as harvest
from pepperchain.harvest import weighins
from pepperchain.market import queries as market
from pepperchain.market.rules import Criteria, Limits
from pepperchain.storage import booking_queries, bookings
from pepperchain.storage import queries as storage
from pepperchain.storage.queries import SpaceWanted
from pepperchain.web.paging import decode, encode
from pepperchain.web.routing import PUBLIC, route

DAYS_MAX = timedelta(days=366)
WEIGHTS = {"gross": "gross_grams", "tare": "tare_grams", "deduction": "deduction_grams"}
MEASURES = WEIGHTS | {"moisture": "moisture_permille", "price": "price_fen_per_kg"}
"""What the verb's refusals call things, and what the contract does, with the unit."""


async def find_growers(request: Request) -> Response:
    """People in the token's scope, as somebody types."""
    wanted = reading.query(request, forms.GrowerSearch)
    hits = await directory.search_growers(request.state.actor, wanted.q, limit=wanted.limit)
    return page([items.grower(hit) for hit in hits], None)


async def record_weigh_in(request: Request) -> Response:
    """A slip, once for each id."""
    actor = request.state.actor
    sent = await reading.body(request, forms.NewWeighIn)
    values = sent.values()
    card = values.pop("household_card")
    if card is None and sent.household_id is None:
        raise Refused(N_("Say whose pepper it is: household_card or household_id."), "household_card")
    by_card = {"household_id": None, "card_number": card} if sent.household_id is None else {}
    grams = {name: values.pop(called) for name, called in WEIGHTS.items()}
    with reading.fields_called(MEASURES):
        recorded = await weighins.record(actor, **(values | grams | by_card), now=clock.now())
    slip = await harvest.slip(actor, recorded.id)
    return created(items.weigh_in(slip), repeated=recorded.repeated)


async def list_weigh_ins(request: Request) -> Response:
    """Slips from the newest weighing back."""
    actor = request.state.actor
    wanted = reading.query(request, forms.WeighInList)
    values = wanted.values()
    cursor, limit = values.pop("cursor"), values.pop("limit")
    found = await harvest.slips(
        actor, harvest.Filters(**values), limit=limit, before=decode(cursor, int, str)
    )
    slips = await harvest.slips_by_id(actor, [row.id for row in found.rows])
    return page(
        [items.weigh_in(slip) for slip in slips], None if found.before is None else encode(found.before)
    )


async def get_weigh_in(request: Request) -> Response:
    """One slip."""
    return JSONResponse(items.weigh_in(await harvest.slip(request.state.actor, request.path_params["id"])))


async def reverse_weigh_in(request: Request) -> Response:
    """Takes a slip back, with a reason, once."""
    actor, of = request.state.actor, request.path_params["id"]
    sent = await reading.body(request, forms.NewReversal)
    voided = await weighins.void(actor, id=sent.id, of=of, reason=sent.reason, now=clock.now())
    return created(items.weigh_in(await harvest.slip(actor, of)), repeated=voided.repeated)


async def search_stock(request: Request) -> Response:
    """What can be bought now, as the market's page lists it."""
    wanted, now = reading.query(request, forms.StockSearch), clock.now()
    criteria = Criteria(
        form=wanted.form,
        grade=wanted.grade,
        cultivar=wanted.cultivar,
        townships=await _townships(wanted.township),
        site=wanted.site,
        limits=Limits(
            min_grams=wanted.min_grams,
            picked_since=wanted.picked_since,
            max_price_fen_per_kg=wanted.max_price_fen_per_kg,
            fresh_only=wanted.fresh_only,
        ),
        sort=wanted.sort,
    )
    found = await market.stock(
        request.state.actor, criteria, now=now, cursor=wanted.cursor, limit=wanted.limit
    )
    return page([items.offer(each, now=now) for each in found.rows], found.next)


async def _townships(said: str | None) -> tuple[int, ...]:
    if said is None:
        return ()
    meant = said.casefold()
    found = tuple(
        area.id
        for area in await directory.townships()
        if meant in (str(area.id), area.code, area.name, area.name_en.casefold())
    )
    if not found:
        raise Refused(N_("There is no such township."), "township")
    return found


async def search_rooms(request: Request) -> Response:
    """Where there is space, on every day of a span."""
    wanted = reading.query(request, forms.RoomSearch)
    today = clock.local_day(clock.now())
    from_on = wanted.from_on or today
    if from_on < today:
        raise Refused(N_("This day is past: space is told for today and the days to come."), "from")
    to_on = wanted.to_on or from_on + timedelta(days=1)
    if to_on <= from_on:
        raise Refused(N_("The last day must come after the first."), "to")
    if to_on - from_on > DAYS_MAX:
        raise Refused(N_("Ask for at most %(days)s days."), "to", days=DAYS_MAX.days)
    space = SpaceWanted(form=wanted.form, grams=Grams(wanted.free_grams))
    found = await storage.spaces(
        request.state.actor, space, from_on=from_on, to_on=to_on - timedelta(days=1),
        cursor=wanted.cursor, limit=wanted.limit,
    )  # fmt: skip
    return page([items.room(each) for each in found.rows], found.next)


async def book_room(request: Request) -> Response:
    """Space of a room, once for each id; `to` is not included. Without space a 409 that says `free_grams`."""
    actor = request.state.actor
    sent = await reading.body(request, forms.NewRoomBooking)
    if sent.to_on <= sent.from_on:
        raise Refused(N_("The last day must come after the first."), "to")
    with reading.fields_called(reading.names_of(forms.NewRoomBooking)):
        placed = await bookings.place(
            actor, id=sent.id, room_id=sent.room_id, form=sent.form, grams=Grams(sent.grams), from_on=sent.from_on,
            to_on=sent.to_on - timedelta(days=1), now=clock.now(),
        )  # fmt: skip
    return created(items.booking(await booking_queries.booking(actor, placed.id)), repeated=placed.repeated)


async def release_room(request: Request) -> Response:
    """Gives booked space back; released twice is released."""
    actor, id = request.state.actor, request.path_params["id"]
    await bookings.release(actor, id=id, now=clock.now())
    return JSONResponse(items.booking(await booking_queries.booking(actor, id)))


async def take_readings(request: Request) -> Response:
    """A batch of readings: what is new, what was known, and what cannot be taken, row by row."""
    sent = await reading.body(request, forms.NewReadings)
    read, unread = samples(sent.readings)
    taken = await climate.take(
        request.state.actor,
        id=sent.id,
        samples=read,
        unread=unread,
        content=forms.fingerprint(sent.readings),
        now=clock.now(),
    )
    return created(items.readings(taken), repeated=taken.repeated)


_WEIGH_IN_ID = {"id": shapes.ID}

ENDPOINTS = [
    Endpoint(
        "/growers",
        find_growers,
        may=Capability.DIRECTORY_READ,
        summary="Find growers as one types",
        query=forms.GrowerSearch,
        answers=shapes.many(items.GROWER),
    ),
    Endpoint(
        "/weigh-ins",
        record_weigh_in,
        method="POST",
        may=Capability.HARVEST_RECORD,
        summary="Record a slip",
        body=forms.NewWeighIn,
        answers=items.WEIGH_IN,
    ),
    Endpoint(
        "/weigh-ins",
        list_weigh_ins,
        may=Capability.HARVEST_READ,
        summary="List slips",
        query=forms.WeighInList,
        answers=shapes.many(items.WEIGH_IN),
    ),
    Endpoint(
        "/weigh-ins/{id:uuid}",
        get_weigh_in,
        may=Capability.HARVEST_READ,
        summary="One slip",
        path_params=_WEIGH_IN_ID,
        answers=items.WEIGH_IN,
    ),
    Endpoint(
        "/weigh-ins/{id:uuid}/reversal",
        reverse_weigh_in,
        method="POST",
        may=Capability.HARVEST_VOID,
        summary="Void a slip with a reason",
        path_params=_WEIGH_IN_ID,
        body=forms.NewReversal,
        answers=items.WEIGH_IN,
    ),
    Endpoint(
        "/stock",
        search_stock,
        may=Capability.MARKET_SEARCH,
        summary="Search what can be bought now",
        query=forms.StockSearch,
        answers=shapes.many(items.OFFER),
    ),
    Endpoint(
        "/rooms",
        search_rooms,
        may=Capability.STORAGE_READ,
        summary="Find rooms with space",
        query=forms.RoomSearch,
        answers=shapes.many(items.ROOM),
    ),
    Endpoint(
        "/room-bookings",
        book_room,
        method="POST",
        may=Capability.STORAGE_MOVE,
        summary="Book space in a room",
        body=forms.NewRoomBooking,
        answers=items.BOOKING,
    ),
    Endpoint(
        "/room-bookings/{id:uuid}/release",
        release_room,
        method="POST",
        may=Capability.STORAGE_MOVE,
        summary="Give booked space back",
        path_params=_WEIGH_IN_ID,
        answers=items.BOOKING,
    ),
    Endpoint(
        "/readings",
        take_readings,
        method="POST",
        may=Capability.CLIMATE_RECORD,
        summary="Bring readings of sensors, in any order and as often as you like",
        body=forms.NewReadings,
        answers=items.READINGS,
    ),
    *bank_endpoints.ENDPOINTS,
]


async def describe(_request: Request) -> Response:
    """The OpenAPI document."""
    return JSONResponse(openapi.document(ENDPOINTS))


routes = [endpoint.route() for endpoint in ENDPOINTS] + [route("/api/v1/openapi.json", describe, may=PUBLIC)]
