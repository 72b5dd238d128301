"""A slip set against the register: at which site, whose pepper, from which plot, and whether it is there already."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import clock, db
from pepperchain.core.errors import Refused
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.core.units import Fen, Grams
from pepperchain.directory.card_queries import Holder, holder, holders
from pepperchain.directory.models import Household, Person, Site
from pepperchain.directory.proxy_queries import Standing, standings
from pepperchain.directory.relation_rules import Deliverers, deliverers, unproxied
from pepperchain.harvest import products
from pepperchain.harvest.rules import season_of
from pepperchain.harvest.slips import NewSlip, content_hash
from pepperchain.harvest.totals import Counted
from pepperchain.ledger.rules import Leg

COLUMNS = (
    "id", "site_id", "number", "township_id", "village_id", "household_id", "cooperative_id", "deliverer_id", "plot_id",
    "product_id", "form", "grade", "cultivar", "season", "gross_grams", "tare_grams", "deduction_grams", "net_grams", "bags",
    "moisture_permille", "picked_at", "weighed_at", "day", "price_fen_per_kg", "amount_fen", "price_set_at", "operator_id",
    "device", "content_hash",
)  # fmt: skip
"""What is written of a new slip."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the register says about a slip's site, household, plot and deliverer, and the slip of the same id."""

    operator_id: int
    site_closed_on: str | None
    site_township_id: int
    slip_prefix: str
    household_id: int | None
    village_id: int
    township_id: int
    household_ended_on: str | None
    plot_id: int | None
    plot_village_id: int | None
    plot_township_id: int | None
    plot_cultivar: str | None
    deliverer_id: int | None
    deliverer_home: int | None
    number: int | None
    content: str | None


@dataclass(frozen=True, slots=True)
class Placed:
    """A slip and what is around it, as of `now`."""

    slip: NewSlip
    around: Around
    now: datetime
    card: Holder | None = None
    """Whose card it is, if the household was named by one."""
    proxy: Standing | None = None
    """How whoever delivers stands to the household, if they are not of it."""
    weighed_at: datetime = field(init=False)
    day: date = field(init=False)
    season: int = field(init=False)
    net: Grams = field(init=False)
    amount: Fen | None = field(init=False)

    def __post_init__(self) -> None:
        # Each is asked for several times, by every slip of a long list.
        weighed_at = self.slip.weighed_at or self.now
        object.__setattr__(self, "weighed_at", weighed_at)
        object.__setattr__(self, "day", clock.local_day(weighed_at))
        object.__setattr__(self, "season", season_of(clock.local_day(self.slip.picked_at)))
        object.__setattr__(self, "net", self.slip.net)
        object.__setattr__(self, "amount", self.slip.amount)

    def check(self) -> None:
        """Refuses what the register speaks against."""
        slip, around, day = self.slip, self.around, self.day.isoformat()
        if self.card is not None:
            self.card.check("household_id")
        if around.site_closed_on is not None and around.site_closed_on <= day:
            raise Refused("This site is closed.", "site_id")
        if around.household_ended_on is not None and around.household_ended_on <= day:
            raise Refused("This household is no longer in the register.", "household_id")
        if slip.plot_id is not None and around.plot_id is None:
            raise Refused("This plot does not belong to the household.", "plot_id")
        if slip.deliverer_id is not None and around.deliverer_id is None:
            raise Refused("This person is not in the register.", "deliverer_id")
        if self.unproxied is not None and deliverers() is Deliverers.REFUSE:
            raise Refused(self.unproxied, "deliverer_id")

    @property
    def unproxied(self) -> str | None:
        """What is said of somebody who is not of the household and has no proxy of it that day: a message id."""
        return None if self.proxy is None or self.proxy.counts else unproxied(self.proxy.ended_on)

    @property
    def deputy(self) -> tuple[int, int, date] | None:
        """The household, whoever else delivers for it, and the day; None where one of its own does, or nobody is named."""
        around = self.around
        if (
            around.household_id is None
            or around.deliverer_id is None
            or around.deliverer_home == around.household_id
        ):
            return None
        return around.household_id, around.deliverer_id, self.day

    async def product(self) -> products.Product:
        """What is weighed."""
        slip = self.slip
        return await products.find_or_make(
            form=slip.form, grade=slip.grade, cultivar=slip.cultivar, season=self.season
        )

    async def leg(self, product: products.Product) -> Leg:
        """Onto the site's floor, out of the township's orchards."""
        around = self.around
        floor = await products.floor_account(
            product, site_id=self.slip.site_id, township_id=around.site_township_id
        )
        source = await products.source_account(product, township_id=around.township_id)
        return Leg(debit=floor, credit=source, amount=self.net)

    def row(self, product: products.Product, number: int, *, operator_id: int | None) -> dict[str, Any]:
        """The slip as a row of harvest_weighin."""
        return dict(zip(COLUMNS, self.columns(product, number, operator_id=operator_id), strict=True))

    def columns(self, product: products.Product, number: int, *, operator_id: int | None) -> tuple[Any, ...]:
        """The same as plain values in the order of `COLUMNS`."""
        slip, around = self.slip, self.around
        price = slip.price_fen_per_kg
        return (
            str(slip.id),
            slip.site_id,
            number,
            around.township_id,
            around.village_id,
            around.household_id,
            around.operator_id,
            around.deliverer_id,
            slip.plot_id,
            product.id,
            slip.form,
            slip.grade,
            slip.cultivar,
            self.season,
            int(slip.gross),
            int(slip.tare),
            int(slip.deduction),
            int(self.net),
            slip.bags,
            slip.moisture_permille,
            clock.to_ms(slip.picked_at),
            clock.to_ms(self.weighed_at),
            self.day.isoformat(),
            None if price is None else int(price),
            None if self.amount is None else int(self.amount),
            None if price is None else clock.to_ms(self.now),
            operator_id,
            slip.device,
            content_hash(slip),
        )

    def counted(self, product: products.Product) -> Counted:
        """What of the slip the totals are made of."""
        slip, around = self.slip, self.around
        assert around.household_id is not None
        return Counted(
            self.day, slip.site_id, around.site_township_id, around.operator_id, product.id, slip.form, self.season,
            around.household_id, around.township_id, around.village_id, slip.plot_id, around.plot_township_id,
            around.plot_village_id, around.plot_cultivar, self.net, self.amount,
        )  # fmt: skip


# One row that says everything, so that a slip costs one look-up however much it names. Who was merged is who they are now.
_AROUND = (
    "SELECT s.operator_id, s.closed_on, s.township_id, s.slip_prefix,"
    " h.id, h.village_id, h.township_id, h.ended_on,"
    " f.id, f.village_id, f.township_id, f.cultivar, p.id, p.household_id, w.number, w.content_hash"
    " FROM directory_site s"
    " LEFT JOIN directory_household named ON named.id = :household"
    " LEFT JOIN directory_household h ON h.id = COALESCE(named.merged_into_id, named.id) AND {households}"
    " LEFT JOIN directory_plot f ON f.id = :plot AND f.household_id = h.id"
    " LEFT JOIN directory_person came ON came.id = :deliverer"
    " LEFT JOIN directory_person p ON p.id = COALESCE(came.merged_into_id, came.id) AND {people}"
    " LEFT JOIN harvest_weighin w ON w.id = :id"
    " WHERE s.id = :site AND {sites}"
)


async def place(actor: Actor, slip: NewSlip, *, now: datetime) -> Placed | None:
    """The slip in its surroundings, or None where the actor sees no such site or household."""
    households = Household.visible_to(actor, "h")
    people = Person.visible_to(actor, "p")
    sites = Site.visible_to(actor, "s")
    card = None
    if slip.household_id is None and slip.card_number is not None:
        card = await holder(actor, slip.card_number)
    around = await db.fetch_one(
        Around,
        _AROUND.format(households=households.sql, people=people.sql, sites=sites.sql),
        household=slip.household_id if card is None else card.household_id,
        plot=slip.plot_id,
        deliverer=slip.deliverer_id,
        id=slip.id,
        site=slip.site_id,
        **{**households.params, **people.params, **sites.params},
    )
    if around is None or around.household_id is None:
        return None
    placed = Placed(slip, around, now, card)
    proxies = await standings([pair] if (pair := placed.deputy) else [])
    return replace(placed, proxy=proxies[pair]) if pair else placed


async def place_many(actor: Actor, slips: Sequence[NewSlip], *, now: datetime) -> list[Placed | Refused]:
    """The same for a chunk of slips in five look-ups, in their order; a Refused where something is not there."""
    sites = await _by_key(
        "SELECT s.id, s.operator_id, s.closed_on, s.township_id, s.slip_prefix FROM directory_site s WHERE s.id IN :keys",
        {slip.site_id for slip in slips},
        Site.visible_to(actor, "s"),
    )
    cards = await holders(
        actor,
        {slip.card_number for slip in slips if slip.household_id is None and slip.card_number is not None},
    )
    households = await _by_key(
        "SELECT named.id, h.id, h.village_id, h.township_id, h.ended_on FROM directory_household named"
        " JOIN directory_household h ON h.id = COALESCE(named.merged_into_id, named.id) WHERE named.id IN :keys",
        {slip.household_id for slip in slips if slip.household_id is not None}
        | {each.household_id for each in cards.values()},
        Household.visible_to(actor, "h"),
    )
    plots = await _by_key(
        "SELECT f.id, f.household_id, f.village_id, f.township_id, f.cultivar FROM directory_plot f WHERE f.id IN :keys",
        {slip.plot_id for slip in slips if slip.plot_id is not None},
        EVERYTHING,
    )
    people = await _by_key(
        "SELECT came.id, p.id, p.household_id FROM directory_person came"
        " JOIN directory_person p ON p.id = COALESCE(came.merged_into_id, came.id) WHERE came.id IN :keys",
        {slip.deliverer_id for slip in slips if slip.deliverer_id is not None},
        Person.visible_to(actor, "p"),
    )
    there = await _by_key(
        "SELECT w.id, w.number, w.content_hash FROM harvest_weighin w WHERE w.id IN :keys",
        {str(slip.id) for slip in slips},
        EVERYTHING,
    )
    found: list[Placed | Refused] = []
    for slip in slips:
        site = sites.get(slip.site_id)
        card = cards.get(slip.card_number or "") if slip.household_id is None else None
        household = households.get(slip.household_id if card is None else card.household_id)
        if site is None:
            found.append(Refused("This site is not one of yours.", "site_id"))
        elif household is None:
            found.append(Refused("No such household among yours.", "household_id"))
        else:
            plot = plots.get(slip.plot_id)
            own_plot = plot if plot is not None and plot[1] == household[1] else (None,) * 5
            person = people.get(slip.deliverer_id, (None, None, None))
            standing = there.get(str(slip.id), (None, None, None))
            columns = (*site[1:], *household[1:], own_plot[0], *own_plot[2:], *person[1:], *standing[1:])
            found.append(Placed(slip, Around(*columns), now, card))
    proxies = await standings({each.deputy for each in found if isinstance(each, Placed) and each.deputy})
    return [
        replace(each, proxy=proxies[each.deputy]) if isinstance(each, Placed) and each.deputy else each
        for each in found
    ]


async def _by_key(sql: str, keys: Collection[Any], seen: Clause) -> dict[Any, tuple[Any, ...]]:
    if not keys:
        return {}
    rows = await db.tuples(f"{sql} AND {seen.sql}", keys=list(keys), **seen.params)
    return {row[0]: row for row in rows}
