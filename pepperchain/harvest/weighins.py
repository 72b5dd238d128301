"""Weighing in and voiding: how pepper comes onto a site's floor, and how a mistake is taken back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.audit import trail
from pepperchain.core import clock, counters, db
from pepperchain.core.errors import Conflict, Missing, NotYours, Refused
from pepperchain.core.units import Fen, Grams
from pepperchain.core.words import N_
from pepperchain.directory.relation_rules import Deliverers, deliverers
from pepperchain.harvest import queries, totals
from pepperchain.harvest.desk_queries import has_twin
from pepperchain.harvest.placing import Placed, place
from pepperchain.harvest.products import Product
from pepperchain.harvest.rules import NOTHING, check_reason, slip_code
from pepperchain.harvest.slips import NewSlip, check, content_hash, unusual
from pepperchain.ledger import transactions

KIND = "weighin"
VOID_KIND = "weighin_void"
SAME_ID_OTHER_SLIP = N_("A slip with this id was saved before with other contents. Open a new form.")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A slip that stands; `repeated` if it stood already and nothing was written."""

    id: UUID
    number: int
    code: str
    net: Grams
    amount: Fen | None
    repeated: bool


@dataclass(frozen=True, slots=True)
class Voided:
    """A slip that no longer counts; `repeated` if this same request voided it before."""

    id: UUID
    code: str
    repeated: bool


@db.unit_of_work
async def record(
    actor: Actor,
    *,
    id: UUID,
    site_id: int,
    form: str,
    grade: str,
    cultivar: str,
    gross: Grams,
    picked_at: datetime,
    now: datetime,
    household_id: int | None = None,
    card_number: str | None = None,
    deliverer_id: int | None = None,
    plot_id: int | None = None,
    tare: Grams = NOTHING,
    deduction: Grams = NOTHING,
    bags: int | None = None,
    moisture_permille: int | None = None,
    weighed_at: datetime | None = None,
    price_fen_per_kg: int | None = None,
    device: str | None = None,
) -> Recorded:
    """Writes a slip and puts its net weight on the site's floor.

    The same id with the same content again is the same slip; with another content it is a Conflict. Missing: a household or
    site that is not the actor's. Invalid: weights, times, product or price that cannot be. Refused: a closed day or site.
    """
    actor.require(Capability.HARVEST_RECORD)
    slip = NewSlip(
        id=id, site_id=site_id, form=form, grade=grade, cultivar=cultivar, gross=gross, picked_at=picked_at,
        household_id=household_id, card_number=card_number, deliverer_id=deliverer_id, plot_id=plot_id,
        tare=tare, deduction=deduction, bags=bags, moisture_permille=moisture_permille, weighed_at=weighed_at,
        price_fen_per_kg=price_fen_per_kg, device=device,
    )  # fmt: skip
    placed = await place(actor, slip, now=now)
    if placed is None:
        raise Missing()
    if placed.around.number is not None:
        return again(placed)
    check(slip, now=now)
    placed.check()
    product = await placed.product()
    leg = await placed.leg(product)
    async with db.together():
        posted = await transactions.post(
            actor, id=id, kind=KIND, book=book(site_id), legs=[leg],
            effective_on=placed.day, township_id=placed.around.township_id, now=now,
        )  # fmt: skip
        if not posted.repeated:
            return await _written(actor, placed, product, now=now)
    # The same request arrived twice at once, and the other one was quicker.
    placed = await place(actor, slip, now=now)
    assert placed is not None
    return again(placed)


async def _written(actor: Actor, placed: Placed, product: Product, *, now: datetime) -> Recorded:
    """The slip that was just posted, with its number, in the day's sums and in the trail."""
    number = await counters.following(numbers(placed.slip.site_id))
    await db.insert("harvest_weighin", **placed.row(product, number, operator_id=actor.user_id))
    await totals.add([placed.counted(product)])
    done = recorded(placed, number)
    await trail.record(
        actor, "weighin.recorded", subject="weighin", subject_id=done.id,
        township_id=placed.around.township_id, now=now,
        facts={
            "code": done.code, "household": placed.around.household_id, "product": product.id,
            "net_grams": done.net, "price_fen_per_kg": placed.slip.price_fen_per_kg,
        },
    )  # fmt: skip
    return done


def book(site_id: int) -> str:
    """The book that a site's slips are posted in, and that is closed by day."""
    return f"site:{site_id}"


def numbers(site_id: int) -> str:
    """The counter of a site's slips."""
    return f"slip:{site_id}"


def again(placed: Placed) -> Recorded:
    """The answer to an id that stands already: the same slip, or a Conflict."""
    assert placed.around.number is not None
    if placed.around.content != content_hash(placed.slip):
        raise Conflict(SAME_ID_OTHER_SLIP)
    return recorded(placed, placed.around.number, repeated=True)


def recorded(placed: Placed, number: int, *, repeated: bool = False) -> Recorded:
    """The slip as whoever sent it is told."""
    slip = placed.slip
    code = slip_code(placed.around.slip_prefix, number)
    return Recorded(slip.id, number, code, slip.net, slip.amount, repeated)


async def questions(actor: Actor, slip: NewSlip, *, now: datetime) -> dict[str, str]:
    """What of a slip can be but looks odd, by field: worth a second look before it is saved. Invalid: what cannot be."""
    actor.require(Capability.HARVEST_RECORD)
    check(slip, now=now)
    found = dict(unusual(slip, now=now))
    if slip.household_id is not None and await has_twin(
        actor, household_id=slip.household_id, gross=slip.gross, weighin_id=slip.id, now=now
    ):
        found["gross"] = N_("This grower had the very same weight a few minutes ago. Is this another load?")
    if slip.deliverer_id is not None and deliverers() is Deliverers.ASK:
        placed = await place(actor, slip, now=now)
        if placed is not None and placed.around.number is None and placed.unproxied is not None:
            found["deliverer_id"] = placed.unproxied
    return found


@db.unit_of_work
async def void(actor: Actor, *, id: UUID, of: UUID, reason: str, now: datetime) -> Voided:
    """Takes a slip back by a reversal: its pepper leaves the floor and the totals, its number stays used.

    Missing: a slip that is not the actor's to see. Conflict: voided already, or by this id for another reason.
    Refused: its pepper is in a lot, no reason.
    """
    actor.require(Capability.HARVEST_VOID)
    said = check_reason(reason)
    await db.lock("harvest_weighin", [str(of)])
    slip = await queries.slip(actor, of)
    if actor.role is not Role.SYSTEM and slip.cooperative_id != actor.organization_id:
        raise NotYours()
    if slip.void_id is not None:
        if slip.void_id == str(id) and slip.void_reason == said:
            return Voided(of, slip.code, repeated=True)
        raise Conflict("This slip was voided already.")
    if slip.lot_id is not None:
        raise Refused("This pepper is in a room already: take it out of its lot first, then void the slip.")
    try:
        # Books are for ever, so they name the slip: what was typed about somebody stands there, where it can be erased.
        await transactions.reverse(
            actor, id=id, of=of, effective_on=clock.local_day(now), reason=slip.code, now=now, kind=VOID_KIND
        )
    except transactions.Overdrawn as gone:
        raise Refused(
            "This pepper has left the floor already: bring it back first, then void the slip."
        ) from gone
    await db.execute(
        "UPDATE harvest_weighin SET voided_at = :now, void_reason = :reason, void_id = :void_id WHERE id = :id",
        now=now,
        reason=said,
        void_id=id,
        id=of,
    )
    await totals.take_away(
        day=slip.day, site_id=slip.site_id, cooperative_id=slip.cooperative_id, product_id=slip.product_id,
        form=slip.form, season=slip.season, household_id=slip.household_id, plot_id=slip.plot_id,
        net=slip.net_grams, amount=slip.amount_fen,
    )  # fmt: skip
    await trail.record(
        actor, "weighin.voided", subject="weighin", subject_id=of, township_id=slip.township_id, now=now,
        facts={"code": slip.code, "reason": said, "net_grams": slip.net_grams, "reversal": id},
    )  # fmt: skip
    return Voided(of, slip.code, repeated=False)
