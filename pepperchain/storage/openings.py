"""Opening stock: pepper that lay in a room before anybody weighed here becomes a lot, once. Taking it back is in `movements`."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.harvest import products
from pepperchain.harvest.rules import season_of
from pepperchain.ledger import accounts, transactions
from pepperchain.ledger.rules import Leg
from pepperchain.storage import opening_queries, postings, queries, stock
from pepperchain.storage.queries import RoomRow
from pepperchain.storage.rules import MovementKind, content_hash, limits, new_code
from pepperchain.storage.stock import Done

OPENING = "opening"
"""The account of a site that opening stock comes from."""

OLDEST = timedelta(days=3_650)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """What lies there: whose, what, since when, how much. `label` is how its owner has called it so far."""

    room_id: int
    cooperative_id: int
    origin_township_id: int
    form: str
    grade: str
    cultivar: str
    picked_on: date
    grams: Grams
    label: str = ""

    @property
    def content(self) -> str:
        """Over all of it, so that the same row sent again is known."""
        return content_hash(
            "opening", self.room_id, self.cooperative_id, self.origin_township_id, self.form, self.grade, self.cultivar,
            self.picked_on, self.grams, self.label,
        )  # fmt: skip


def check_picked_on(picked_on: date, *, now: datetime) -> None:
    """Refused: a day to come, or one long gone."""
    today = clock.local_day(now)
    if picked_on > today:
        raise Refused("This day is yet to come.", "picked_on")
    if picked_on < today - OLDEST:
        raise Refused("This is more than ten years ago. Check the year.", "picked_on")


@db.unit_of_work
async def lay_down(actor: Actor, *, id: UUID, pile: Pile, now: datetime) -> Done:
    """Makes a lot of it, out of the site's account of opening stock. Bookings do not stand in the way: it lies there. The walls do.

    Refused: no space, a form that the room does not take, a cooperative that does not store there, a day to come.
    Conflict: this id stood for something else. Missing, NotYours: a room that is not the actor's to run.
    """
    actor.require(Capability.STORAGE_ADJUST)
    room = await queries.own_room(actor, pile.room_id)
    await stock.lock_rooms([room.id])
    done = await stock.repeated(id, pile.content)
    if done is not None:
        return done
    check_picked_on(pile.picked_on, now=now)
    if pile.cooperative_id not in {
        owner for owner, _ in (await opening_queries.owners([room.operator_id])).values()
    }:
        raise Refused("Only cooperatives that store here can have pepper here.", "owner")
    await stock.fits(actor, room, pile.form, pile.grams, now=now)
    await stock.put_in(
        actor, room, pile.grams, form=pile.form, owner_id=pile.cooperative_id, movement_id=None, now=now
    )
    lot_id = await _make_lot(actor, id, pile, room, now=now)
    done = Done(id, lot_id, pile.grams)
    await stock.record(
        actor, done, MovementKind.RECEIVE, content=pile.content, township_id=room.township_id, now=now, to_room_id=room.id,
    )  # fmt: skip
    await db.insert(
        "storage_opening", movement_id=id, lot_id=lot_id, room_id=room.id, operator_id=room.operator_id,
        township_id=room.township_id, label=pile.label, picked_on=pile.picked_on, grams=pile.grams,
    )  # fmt: skip
    await trail.record(
        actor, "lot.opened", subject="lot", subject_id=lot_id, township_id=room.township_id, now=now,
        facts={"room": room.id, "organization": pile.cooperative_id, "grams": pile.grams, "movement": id},
    )  # fmt: skip
    return done


async def _make_lot(actor: Actor, id: UUID, pile: Pile, room: RoomRow, *, now: datetime) -> int:
    """It has lain in this room since it was picked, as far as anybody knows: its clock runs by the room."""
    season = season_of(pile.picked_on)
    product = await products.find_or_make(
        form=pile.form, grade=pile.grade, cultivar=pile.cultivar, season=season
    )
    picked_at = clock.day_start(pile.picked_on)
    lot_id = await db.insert_id(
        "storage_lot", code=new_code(), product_id=product.id, form=pile.form, grade=pile.grade, cultivar=pile.cultivar, season=season,
        site_id=room.site_id, room_id=room.id, township_id=room.township_id, origin_township_id=pile.origin_township_id,
        operator_id=room.operator_id, cooperative_id=pile.cooperative_id, picked_at=picked_at, received_at=now,
        fresh_until_at=picked_at + limits(pile.form, room.kind).fresh,
    )  # fmt: skip
    account_id = await postings.open_lot_account(lot_id, product.commodity_id, township_id=room.township_id)
    source = await accounts.find_or_open(
        OPENING, f"site:{room.site_id}", product.commodity_id, side="credit", guarded=False, township_id=room.township_id
    )  # fmt: skip
    await transactions.post(
        actor, id=id, kind=OPENING, book=f"site:{room.site_id}", legs=[Leg(debit=account_id, credit=source, amount=pile.grams)],
        effective_on=clock.local_day(now), now=now, township_id=room.township_id,
    )  # fmt: skip
    await stock.keep(lot_id)
    return lot_id
