"""Putting a home page together: each part looks whether its capability is there and adds what it knows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.accounts import approval_queries
from pepperchain.bank import pledge_queries, watch_queries
from pepperchain.climate import breach_queries
from pepperchain.consents import correction_queries
from pepperchain.core import clock
from pepperchain.core.units import Grams
from pepperchain.core.words import N_
from pepperchain.directory import household_queries, organization_queries
from pepperchain.harvest import total_queries as harvest
from pepperchain.harvest.drawings import Bar, bars
from pepperchain.harvest.rules import season_of
from pepperchain.stocktakes import queries as stocktake_queries
from pepperchain.stocktakes.rules import State
from pepperchain.storage import (
    consignment_queries,
    lot_queries,
    receipt_queries,
    total_queries,
    waiting_queries,
)
from pepperchain.storage.rules import Freshness
from pepperchain.visits import queries as visit_queries
from pepperchain.visits.queries import FollowUpRow
from pepperchain.web.filters import clock_time, day, kg, moment, tonnes, yuan
from pepperchain.web.i18n import gettext, ngettext

HEAPS_MAX = 4
LOTS_MAX = 4
DAYS_SHOWN = 14
COMING_MAX = 3
BREACHES_MAX = 5
ROAD_MAX = 3
COUNTS_MAX = 3


@dataclass(frozen=True, slots=True)
class Act:
    """A big button."""

    words: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for this person."""

    words: str
    url: str
    icon: str
    urgent: bool = False
    freshness: Freshness | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A figure with where it leads."""

    words: str
    value: str
    unit: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to call, for somebody who would rather speak than type."""

    who: str
    phone: str


@dataclass(slots=True)
class Board:
    """A home page; `as_of` is when its numbers were true."""

    as_of: datetime
    call: Call | None = None
    acts: list[Act] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    days: list[Bar] = field(default_factory=list)
    coming: list[FollowUpRow] = field(default_factory=list)


Part = Callable[[Board, Actor], Awaitable[None]]


async def board(actor: Actor, *, now: datetime) -> Board:
    """The home page of an actor."""
    made = Board(as_of=now)
    for capability, part in PARTS:
        if actor.may(capability):
            await part(made, actor)
    return made


async def _scale(made: Board, actor: Actor) -> None:
    made.acts += [
        Act(gettext(N_("Weigh in")), "/harvest/weigh-ins/new", "scale"),
        Act(gettext(N_("Enter an evening's list")), "/harvest/evening", "book"),
    ]
    if actor.may(Capability.HARVEST_PRICE):
        waiting = await harvest.unpriced(actor)
        if waiting:
            slips = sum(each.slips for each in waiting)
            made.needs.append(Need(_unpriced_words(slips), "/harvest/prices", "receipt"))


async def _harvest(made: Board, actor: Actor) -> None:
    if actor.role is Role.GROWER:
        await _own_season(made, actor)
        return
    today = clock.local_day(made.as_of)
    products = await harvest.by_product(actor, today)
    slips = sum(product.slips for product in products)
    net = Grams(sum(product.net_grams for product in products))
    amount = sum(product.amount_fen for product in products)
    made.numbers += [
        Number(gettext(N_("Weighed in today")), kg(net), gettext(N_("kg")), "/harvest",
               ngettext("%(count)s slip", "%(count)s slips", slips) % {"count": slips}),
        Number(gettext(N_("Worth, as far as priced")), yuan(amount), gettext(N_("yuan")), "/harvest"),
    ]  # fmt: skip
    first = today - timedelta(days=DAYS_SHOWN - 1)
    made.days = bars(await harvest.by_day(actor, first, today), first, DAYS_SHOWN)


async def _own_season(made: Board, actor: Actor) -> None:
    if actor.household_id is None:
        return
    season = season_of(clock.local_day(made.as_of))
    own = await harvest.season_of_household(actor, actor.household_id, season)
    household = await household_queries.get_household(actor, actor.household_id)
    made.acts.append(Act(gettext(N_("My slips")), "/harvest/mine", "scale"))
    if household.cooperative_id is not None:
        cooperative = await organization_queries.get_organization(actor, household.cooperative_id)
        if cooperative.contact_phone:
            made.call = Call(cooperative.contact_name or cooperative.short_name, cooperative.contact_phone)
    made.numbers += [
        Number(gettext(N_("Delivered this season")), kg(own.net_grams), gettext(N_("kg")), "/harvest/mine",
               ngettext("%(count)s slip", "%(count)s slips", own.slips) % {"count": own.slips}),
        Number(gettext(N_("Worth so far")), yuan(own.amount_fen), gettext(N_("yuan")), "/harvest/mine",
               _unpriced_words(own.unpriced)),
        Number(gettext(N_("My card number")), household.card_number, "", "/me", _lost_words(household.card_lost_at)),
    ]  # fmt: skip


def _lost_words(lost_at: int | None) -> str:
    return "" if lost_at is None else gettext(N_("lost on %(on)s")) % {"on": day(clock.from_ms(lost_at))}


def _unpriced_words(slips: int) -> str:
    if not slips:
        return ""
    return ngettext("%(count)s slip wants a price", "%(count)s slips want a price", slips) % {"count": slips}


async def _floors(made: Board, actor: Actor) -> None:
    made.acts.append(Act(gettext(N_("Put into a room")), "/storage/receipts/new", "store"))
    for heap in (await receipt_queries.heaps(actor))[:HEAPS_MAX]:
        clock_of_heap = heap.freshness(made.as_of)
        words = gettext(N_("%(weight)s kg wait for a room at %(site)s")) % {
            "weight": kg(heap.grams),
            "site": heap.site.name,
        }
        made.needs.append(
            Need(words, "/storage/receipts/new", "store", clock_of_heap.level == "red", clock_of_heap)
        )


async def _rooms(made: Board, actor: Actor) -> None:
    rooms = await total_queries.standing(actor)
    made.numbers.append(
        Number(
            gettext(N_("Free in cold rooms")), tonnes(rooms.free_grams), gettext(N_("t")), "/storage",
            gettext(N_("of %(whole)s t in %(rooms)s rooms"))
            % {"whole": tonnes(rooms.capacity_grams), "rooms": rooms.rooms},
        )
    )  # fmt: skip
    made.numbers.append(
        Number(
            gettext(N_("Lies in cold rooms")), tonnes(rooms.stock_grams), gettext(N_("t")), "/storage/reports",
            gettext(N_("through the season"))
        )
    )  # fmt: skip
    page = await lot_queries.lots(actor, lot_queries.LotsWanted(), limit=LOTS_MAX)
    for lot in page.rows:
        left = lot.freshness(made.as_of)
        if left.level == "green":
            break
        words = gettext(N_("A lot of %(weight)s kg in %(room)s")) % {
            "weight": kg(lot.on_hand_grams),
            "room": f"{lot.site} {lot.room}",
        }
        made.needs.append(Need(words, f"/storage/lots/{lot.id}", "snow", left.level == "red", left))


async def _on_the_road(made: Board, actor: Actor) -> None:
    """What is on the way to this person's rooms: what should have been there by now is pressing."""
    page = await consignment_queries.consignments(actor, on_road=True)
    coming = [row for row in page.rows if row.to_operator_id == actor.organization_id]
    for row in sorted(coming, key=lambda row: row.expected_at)[:ROAD_MAX]:
        words = gettext(N_("%(weight)s kg on the road to %(site)s, expected %(at)s")) % {
            "weight": kg(row.sent_grams),
            "site": row.to_site,
            "at": moment(row.expected_at),
        }
        late = row.expected_at < made.as_of
        made.needs.append(Need(words, f"/storage/consignments/{row.id}", "truck", late))


async def _counts(made: Board, actor: Actor) -> None:
    """Counts that go on, and those that wait for this person's signature."""
    page = await stocktake_queries.stocktakes(actor, is_open=True)
    concern = [
        row for row in page.rows if row.operator_id == actor.organization_id or row.waits_for_committee
    ]
    for row in concern[:COUNTS_MAX]:
        words, urgent = N_("A count at %(place)s waits for a second signature"), row.may_sign(actor)
        if row.state is State.COUNTING:
            words, urgent = N_("%(place)s is being counted"), False
        elif row.waits_for_committee:
            words = N_("A count at %(place)s is out by more than usual: the committee decides")
            urgent = actor.role is Role.COMMITTEE
        made.needs.append(
            Need(gettext(words) % {"place": row.full_name}, f"/storage/stocktakes/{row.id}", "box", urgent)
        )


async def _breaches(made: Board, actor: Actor) -> None:
    """What this person was alarmed of and nobody has explained yet."""
    for breach in await breach_queries.told_to(actor, limit=BREACHES_MAX):
        words = gettext(N_("%(what)s in %(room)s")) % {
            "what": gettext(breach.kind.label),
            "room": breach.full_name,
        }
        urgent = breach.goes_on or breach.acknowledged_at is None
        made.needs.insert(0, Need(words, f"/storage/climate/breaches/{breach.id}", "warning", urgent))


async def _offers(made: Board, actor: Actor) -> None:
    """Space that this person's organization waited for and has been offered: it is held for a short time only."""
    for offer in await waiting_queries.offered(actor, now=made.as_of):
        assert offer.offer_until is not None
        words = gettext(N_("%(room)s has room for your %(weight)s kg, held until %(at)s")) % {
            "room": offer.offered_room,
            "weight": kg(offer.grams),
            "at": clock_time(offer.offer_until),
        }
        made.needs.insert(0, Need(words, "/storage/waits", "clock", urgent=True))


async def _follow_ups(made: Board, actor: Actor) -> None:
    """What this person is to do after visits: what is over its day first."""
    made.acts.append(Act(gettext(N_("My week")), "/visits", "calendar"))
    waiting = await visit_queries.waiting(actor, today=clock.local_day(made.as_of))
    if waiting.overdue:
        words = ngettext(
            "%(count)s follow-up is over its day", "%(count)s follow-ups are over their day", waiting.overdue
        )
        made.needs.append(
            Need(words % {"count": waiting.overdue}, "/visits/follow-ups", "clock", urgent=True)
        )
    if waiting.today:
        words = ngettext(
            "%(count)s follow-up is due today", "%(count)s follow-ups are due today", waiting.today
        )
        made.needs.append(Need(words % {"count": waiting.today}, "/visits/follow-ups", "clock"))
    coming = await visit_queries.my_follow_ups(
        actor, first_day=clock.local_day(made.as_of) + timedelta(days=1), limit=COMING_MAX
    )
    made.coming = coming


async def _market(made: Board, actor: Actor) -> None:
    made.acts.append(Act(gettext(N_("Find pepper")), "/market", "search"))


async def _people(made: Board, actor: Actor) -> None:
    made.acts.append(Act(gettext(N_("Growers")), "/growers", "people"))


async def _imports(made: Board, actor: Actor) -> None:
    made.acts.append(Act(gettext(N_("Import from Excel")), "/imports", "upload"))


async def _second_person(made: Board, actor: Actor) -> None:
    waiting = await approval_queries.waiting_for(actor)
    if waiting:
        words = ngettext(
            "%(count)s change waits for a second person",
            "%(count)s changes wait for a second person",
            waiting,
        )
        made.needs.append(Need(words % {"count": waiting}, "/approvals", "people"))


async def _corrections(made: Board, actor: Actor) -> None:
    if not actor.may(Capability.DIRECTORY_EDIT):
        return
    waiting = await correction_queries.waiting_corrections(actor, today=clock.local_day(made.as_of))
    if waiting.open:
        words = ngettext(
            "%(count)s correction waits for an answer",
            "%(count)s corrections wait for an answer",
            waiting.open,
        )
        made.needs.append(
            Need(
                words % {"count": waiting.open}, "/consents/corrections", "edit", urgent=bool(waiting.overdue)
            )
        )


async def _administration(made: Board, actor: Actor) -> None:
    made.acts.append(Act(gettext(N_("Users")), "/admin", "settings"))


async def _pledges(made: Board, actor: Actor) -> None:
    """Loans on receipts that wait for this lender's word, or for this grower's."""
    if not actor.may(Capability.BANK_LEND) and actor.role is not Role.GROWER:
        return
    waiting = await pledge_queries.waiting(actor)
    if waiting:
        words = ngettext(
            "%(count)s loan on stored pepper waits for your word",
            "%(count)s loans on stored pepper wait for your word",
            waiting,
        )
        made.needs.append(Need(words % {"count": waiting}, "/bank/pledges", "lock", urgent=True))
    late = (
        await pledge_queries.overdue(actor, today=clock.local_day(made.as_of))
        if actor.may(Capability.BANK_LEND)
        else 0
    )
    if late:
        words = ngettext("%(count)s loan is overdue", "%(count)s loans are overdue", late)
        made.needs.append(Need(words % {"count": late}, "/bank/pledges", "warning", urgent=True))


async def _reached(made: Board, actor: Actor) -> None:
    """Orders to sell whose price the market has reached: whoever keeps the pepper sells now."""
    found = await watch_queries.reached(actor)
    if found:
        words = ngettext(
            "The price of %(count)s order to sell is reached",
            "The price of %(count)s orders to sell is reached",
            found,
        )
        made.needs.append(Need(words % {"count": found}, "/bank/sales", "market", urgent=True))


PARTS: tuple[tuple[Capability, Part], ...] = (
    (Capability.ACCOUNT_OWN, _second_person),
    (Capability.CONSENT_READ, _corrections),
    (Capability.ACCOUNT_ADMINISTER, _administration),
    (Capability.HARVEST_RECORD, _scale),
    (Capability.STORAGE_MOVE, _floors),
    (Capability.MARKET_SEARCH, _market),
    (Capability.DIRECTORY_READ, _people),
    (Capability.VISIT_READ, _follow_ups),
    (Capability.IMPORT_RUN, _imports),
    (Capability.HARVEST_READ, _harvest),
    (Capability.STORAGE_READ, _rooms),
    (Capability.STORAGE_READ, _on_the_road),
    (Capability.STORAGE_READ, _counts),
    (Capability.STORAGE_READ, _breaches),
    (Capability.STORAGE_MOVE, _offers),
    (Capability.BANK_READ, _pledges),
    (Capability.BANK_SETTLE, _reached),
)
