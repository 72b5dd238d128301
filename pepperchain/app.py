"""The application, put together: its routes, its middleware in their order, its menu, its timers."""

import gc
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.accounts import access_queries, merge_approvals, roles, second_steps, user_queries
from pepperchain.accounts import history as trail_history
from pepperchain.accounts import own_data_queries as account_own
from pepperchain.accounts.access_queries import Sight
from pepperchain.accounts.approvals import Approvable
from pepperchain.accounts.session_pages import WhoIsIt
from pepperchain.api import problems
from pepperchain.bank import losses as bank_losses
from pepperchain.bank import marks as bank_marks
from pepperchain.bank import merge_rules as bank_merges
from pepperchain.bank import own_data_queries as bank_own
from pepperchain.climate import marks
from pepperchain.climate import own_data_queries as climate_own
from pepperchain.consents import erasures, reveals
from pepperchain.consents import merge_rules as consent_merges
from pepperchain.consents import own_data_queries as consent_own
from pepperchain.core import db, logs, migrating, readiness
from pepperchain.core.words import N_
from pepperchain.criteria import REPERTOIRE
from pepperchain.directory import history as registry_history
from pepperchain.directory import merge_history
from pepperchain.directory import own_data_queries as registry_own
from pepperchain.directory.merge_rules import Mover
from pepperchain.directory.network_rules import Flow
from pepperchain.directory.own_data_queries import OwnData
from pepperchain.directory.timeline_queries import Source
from pepperchain.erasables import ERASABLES
from pepperchain.exportables import EXPORTABLES, NAMES
from pepperchain.exports import own_data_queries as export_own
from pepperchain.exports import release
from pepperchain.harvest import flow_queries as harvest_flows
from pepperchain.harvest import history as harvest_history
from pepperchain.harvest import household_sums
from pepperchain.harvest import own_data_queries as harvest_own
from pepperchain.harvest import sight_queries as harvest_sights
from pepperchain.imports import own_data_queries as import_own
from pepperchain.ledger import own_data_queries as ledger_own
from pepperchain.retainables import KEEPINGS
from pepperchain.routes import ROUTES
from pepperchain.schedule import Ticking
from pepperchain.segments import merge_rules as segment_merges
from pepperchain.segments import own_data_queries as segment_own
from pepperchain.segments.tag_queries import MARKS
from pepperchain.settings import Misconfigured, Settings, settings
from pepperchain.stocktakes import marks as book_marks
from pepperchain.stocktakes import own_data_queries as stocktakes_own
from pepperchain.storage import flow_queries as storage_flows
from pepperchain.storage import own_data_queries as storage_own
from pepperchain.storage import sight_queries as storage_sights
from pepperchain.storage.marks import together
from pepperchain.visits import history as visit_history
from pepperchain.visits import merge_rules as visit_merges
from pepperchain.visits import own_data_queries as visit_own
from pepperchain.web.errors import HANDLERS
from pepperchain.web.i18n import Language, gettext, reader
from pepperchain.web.menu import MenuItem
from pepperchain.web.meter import Meter, Tally
from pepperchain.web.routing import PUBLIC, SIGNED_IN, Door, GuardedRoute, route
from pepperchain.web.stack import middleware
from pepperchain.web.static import static

SOURCES: Sequence[Source] = (
    registry_history.SOURCE,
    merge_history.SOURCE,
    trail_history.SOURCE,
    visit_history.SOURCE,
    harvest_history.SOURCE,
)
"""What the rooms add to the history of a household, a person or an organization, which stands below them."""

SIGHTS = (
    *access_queries.OWN_SIGHTS,
    Sight(N_("Slips"), Capability.HARVEST_READ, harvest_sights.slips),
    Sight(N_("Rooms"), Capability.STORAGE_READ, storage_sights.rooms),
    Sight(N_("Lots"), Capability.STORAGE_READ, storage_sights.lots),
)
"""What people see, for the page that tells an administrator what somebody does."""

FLOWS: Sequence[Flow] = (
    Flow(
        frozenset({"supplies", "buys_from"}),
        N_("arrived this season"),
        N_("Sent this season"),
        N_("Arrived this season"),
        Capability.STORAGE_READ,
        storage_flows.arrived,
    ),
    Flow(
        frozenset({"stores_at"}),
        N_("in store now"),
        N_("In store elsewhere now"),
        N_("In store here for others"),
        Capability.STORAGE_READ,
        storage_flows.kept,
    ),
    Flow(
        frozenset({"consortium_member"}),
        N_("weighed in this season"),
        None,
        N_("Its members weighed in this season"),
        Capability.HARVEST_READ,
        harvest_flows.of_members,
    ),
)
"""How much pepper goes between organizations, for the pages that draw whom they work with."""

MOVERS: Sequence[Mover] = (
    merge_approvals.MOVER,
    consent_merges.MOVER,
    segment_merges.MOVER,
    visit_merges.MOVER,
    household_sums.MOVER,
    bank_merges.MOVER,
)
"""What the rooms above the registry have to do with two households that become one."""

APPROVABLES: Mapping[str, Approvable] = {
    each.what: each
    for each in (
        roles.CHANGE,
        reveals.REVEAL,
        release.RELEASE,
        merge_approvals.approvable(MOVERS),
        erasures.approvable(ERASABLES),
    )
}
"""What wants two people, room by room."""

OWN_DATA: Sequence[OwnData] = (
    registry_own.OWN,
    account_own.OWN,
    consent_own.OWN,
    segment_own.OWN,
    visit_own.OWN,
    ledger_own.OWN,
    harvest_own.OWN,
    storage_own.OWN,
    climate_own.OWN,
    stocktakes_own.OWN,
    bank_own.OWN,
    import_own.OWN,
    export_own.OWN,
)
"""What each room keeps of people, for their own copy of it."""

GROWERS = frozenset({Role.GROWER})
LEADERS = frozenset({Role.COOP_LEADER})
OFFICERS = frozenset({Role.COMMITTEE})
EVERYBODY = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the rail. People see those that their role may go to, and of two that are alike the one meant for them."""

    url: str
    words: str
    icon: str
    roles: frozenset[Role] = EVERYBODY
    holds: tuple[str, ...] = ()
    """Other addresses that are reached from it, for those who have no place of their own for them."""


PLACES = (
    Place("/", N_("Home"), "home"),
    Place("/harvest/weigh-ins/new", N_("Weigh in"), "scale"),
    Place("/harvest", N_("Today's slips"), "receipt", EVERYBODY - GROWERS),
    Place("/harvest/mine", N_("Slips"), "receipt", GROWERS),
    Place("/harvest/yields", N_("Yields"), "chart", EVERYBODY - GROWERS),
    Place("/storage", N_("Stock"), "snow"),
    Place("/bank", N_("Kept pepper"), "receipt"),
    Place("/market", N_("Find pepper"), "market"),
    Place("/growers", N_("Growers"), "people"),
    Place("/segments", N_("Segments"), "filter"),
    Place("/visits", N_("My week"), "calendar"),
    Place("/organizations", N_("Organizations"), "place"),
    Place("/invitations", N_("Invitations"), "person", LEADERS),
    Place("/imports", N_("Imports"), "upload"),
    Place("/exports", N_("Downloads"), "download"),
    Place("/admin", N_("Manage"), "settings", holds=("/approvals", "/invitations")),
    Place("/admin/audit", N_("Who did what"), "book", OFFICERS),
    Place("/consents", N_("Privacy"), "lock", GROWERS),
    Place("/me", N_("Me"), "person"),
)

FIRST: dict[Role, Collection[str]] = {
    Role.ADMIN: ("/", "/admin", "/growers", "/me"),
    Role.COMMITTEE: ("/", "/harvest", "/storage", "/me"),
    Role.TECHNICIAN: ("/", "/growers", "/visits", "/me"),
    Role.COOP_LEADER: ("/harvest/weigh-ins/new", "/storage", "/growers", "/me"),
    Role.COOP_CLERK: ("/harvest/weigh-ins/new", "/storage", "/growers", "/me"),
    Role.STOREKEEPER: ("/", "/storage", "/market", "/me"),
    Role.PROCESSOR: ("/", "/market", "/organizations", "/me"),
    Role.GROWER: ("/", "/harvest/mine", "/bank", "/me"),
    Role.DEPARTMENT: ("/", "/organizations", "/me"),
    Role.LENDER: ("/", "/bank", "/organizations", "/me"),
}
"""The few of a phone's bottom bar."""


def doors(routes: Sequence[BaseRoute]) -> dict[str, Capability | Door]:
    """Who may open each page, by its path."""
    return {
        each.path: each.may
        for each in routes
        if isinstance(each, GuardedRoute) and "GET" in (each.methods or ())
    }


class Menu:
    """The places that an actor may go to; the one they are in is active. The same for everybody of a role, so kept."""

    def __init__(self, open_to: Mapping[str, Capability | Door]) -> None:
        self._open_to = open_to
        self._places = cache(self._places_of)
        self._items = cache(self._items_of)

    def __call__(self, actor: Actor, path: str) -> Sequence[MenuItem]:
        around = [
            (url, place.url)
            for place in self._places(actor.role, actor.scopes)
            for url in (place.url, *place.holds)
            if _is_below(path, url)
        ]
        _, here = max(around, key=lambda each: len(each[0]), default=("", ""))
        return self._items(actor.role, actor.scopes, here, reader().language)

    def _places_of(self, role: Role, scopes: frozenset[Capability] | None) -> Sequence[Place]:
        actor = Actor(None, role, "", scopes=scopes)
        return [
            place
            for place in PLACES
            if role in place.roles and place.url in self._open_to and _opens(self._open_to[place.url], actor)
        ]

    def _items_of(
        self, role: Role, scopes: frozenset[Capability] | None, here: str, _language: Language
    ) -> Sequence[MenuItem]:
        first = FIRST.get(role, ())
        return tuple(
            MenuItem(
                gettext(place.words),
                place.url,
                place.icon,
                active=place.url == here,
                first=place.url in first,
            )
            for place in self._places(role, scopes)
        )


def _is_below(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(f"{url}/"))


def _opens(door: Capability | Door, actor: Actor) -> bool:
    return door in (PUBLIC, SIGNED_IN) if isinstance(door, Door) else actor.may(door)


async def healthz(_request: Request) -> Response:
    """The process lives."""
    return PlainTextResponse("ok")


async def readyz(_request: Request) -> Response:
    """Requests may be sent here; if not, why."""
    problem = await readiness.problem()
    if problem is None:
        return PlainTextResponse("ready")
    return PlainTextResponse(str(problem), status_code=503, headers={"Retry-After": "5"})


async def metrics(request: Request) -> Response:
    """Numbers for Prometheus, without anybody's name in them."""
    state = request.app.state
    ticking: Ticking | None = getattr(state, "ticking", None)
    lines = [
        *state.tally.lines(),
        "# TYPE pepperchain_timer_failures_total counter",
        f"pepperchain_timer_failures_total {ticking.failures if ticking else 0}",
    ]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


PROBES = [
    route("/healthz", healthz, may=PUBLIC),
    route("/readyz", readyz, may=PUBLIC),
    route("/metrics", metrics, may=PUBLIC),
]


def tuned(chosen: Settings) -> str:
    """The database's address with the options of `config/server.toml`, where the address itself names none."""
    url, options = chosen.database_url, chosen.section("database")
    if "?" in url:
        return url
    if url.startswith("sqlite"):
        return f"{url}?readers={options['sqlite_readers']}&cache_size=-{options['sqlite_cache_kib']}"
    return f"{url}?maxsize={options['postgres_connections_max']}"


async def require_fit(chosen: Settings) -> None:
    """Raises Misconfigured, in one sentence, for what this program must not start with. The database is open."""
    waiting = await readiness.unmigrated()
    if waiting:
        raise Misconfigured(
            f"the database has not had {len(waiting)} migrations: run `pepperchain migrate` first"
        )
    if chosen.is_demo:
        return
    if await user_queries.users_with_phones(chosen.section("accounts")["demo_phones"]):
        raise Misconfigured(
            "the database holds demo accounts, whose password everybody knows: close them first"
        )
    hasty = await readiness.hasty()
    if hasty:
        raise Misconfigured(
            f"PostgreSQL runs with {' and '.join(hasty)} off, so that a power cut could lose what was answered: switch it on first"
        )


@asynccontextmanager
async def running(app: Starlette) -> AsyncIterator[None]:
    """From the first request to the last: the database is open and the timers tick."""
    logs.configure(for_machines=not settings().is_demo)
    await db.open(tuned(settings()), migrating.apps())
    try:
        await require_fit(settings())
        ticking = app.state.ticking = Ticking()
        ticking.start()
        # What is loaded by now stays. Looking through all of it for garbage would stop every page for a tenth of a second, now and then.
        gc.collect()
        gc.freeze()
        try:
            yield
        finally:
            gc.unfreeze()
            await ticking.stop()
    finally:
        await db.close()


def create_app() -> Starlette:
    """The whole product as one ASGI application."""
    chosen, tally = settings(), Tally()
    server = chosen.section("server")
    outermost = [Middleware(Meter, tally=tally, logs=server["request_log"])]
    if server["trusted_proxies"]:
        # Only then does what a proxy says of the browser's address count; anyone else could say what they like.
        outermost.append(Middleware(ProxyHeadersMiddleware, trusted_hosts=list(server["trusted_proxies"])))
    routes: list[BaseRoute] = [*ROUTES, *PROBES, Route("/static/{name:path}", static(), name="static")]
    app = Starlette(
        routes=routes,
        middleware=[*outermost, *middleware(chosen, Middleware(WhoIsIt))],
        exception_handlers=HANDLERS,
        lifespan=running,
    )
    app.state.tally = tally
    app.state.menu = Menu(doors(routes))
    app.state.api_errors = problems.answer
    app.state.names = NAMES
    app.state.keepings = KEEPINGS
    app.state.sources = SOURCES
    app.state.sights = SIGHTS
    app.state.own_data = OWN_DATA
    app.state.approvables = APPROVABLES
    app.state.exportables = EXPORTABLES
    app.state.movers = MOVERS
    app.state.holders = (bank_losses,)
    app.state.flows = FLOWS
    app.state.erasables = ERASABLES
    app.state.second_step = second_steps
    app.state.marks_of_a_room = (marks.of_rooms, book_marks.of_rooms)
    app.state.room_marks = together(*app.state.marks_of_a_room)
    app.state.lot_marks = marks.of_lot
    app.state.slip_marks = bank_marks.of_slip
    app.state.repertoire = REPERTOIRE
    app.state.marks = MARKS
    return app
