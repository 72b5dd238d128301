"""From a site's floor into a room: slips of one product and cooperative become a lot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.sql import Clause
from pepperchain.core.units import Grams
from pepperchain.harvest import floor, products
from pepperchain.harvest.products import Product
from pepperchain.ledger import transactions
from pepperchain.ledger.rules import Leg
from pepperchain.storage import postings, queries, stock
from pepperchain.storage.models import floor_of
from pepperchain.storage.queries import RoomRow
from pepperchain.storage.receipt_queries import SLIPS_MAX
from pepperchain.storage.rules import MovementKind, content_hash, fresh_until, new_code
from pepperchain.storage.stock import Done


@dataclass(frozen=True, slots=True)
class _Slip:
    id: str
    site_id: int
    site_township_id: int
    township_id: int
    product_id: int
    commodity_id: int
    form: str
    grade: str
    cultivar: str
    season: int
    cooperative_id: int
    net_grams: int
    picked_at: int
    lot_id: int | None
    voided_at: int | None


@db.unit_of_work
async def receive(
    actor: Actor,
    *,
    id: UUID,
    room_id: int,
    now: datetime,
    slip_ids: Sequence[UUID] | None = None,
    site_id: int | None = None,
    product_id: int | None = None,
    through_number: int | None = None,
) -> Done:
    """Puts the pepper of slips into a room as one lot, fresh since its oldest picking.

    Either the named slips, or all of a product on a site's floor, up to the slip number that was on screen.
    Refused: mixed slips, a voided slip, a room of the wrong kind or without space (the words say where there is some).
    Conflict: some of it is in a lot already. Missing: slips or a room that are not the actor's to see.
    """
    actor.require(Capability.STORAGE_MOVE)
    content = content_hash(
        "receive", room_id, sorted(map(str, slip_ids or ())), site_id, product_id, through_number
    )
    room = await queries.usable_room(actor, room_id)
    await stock.lock_rooms([room_id])
    done = await stock.repeated(id, content)
    if done is not None:
        return done
    if slip_ids is not None:
        slips = _all_there(await _named(actor, slip_ids), slip_ids)
    else:
        slips = await _heap(actor, site_id, product_id, through_number)
    total = Grams(sum(slip.net_grams for slip in slips))
    first = _one_kind(slips)
    await stock.fits(actor, room, first.form, total, now=now)
    await stock.put_in(
        actor, room, total, form=first.form, owner_id=first.cooperative_id, movement_id=id, now=now
    )
    lot_id = await _make_lot(slips, room, now=now)
    await _post(actor, id, first, lot_id, total, room, now=now)
    done = Done(id, lot_id, total)
    await stock.record(
        actor,
        done,
        MovementKind.RECEIVE,
        content=content,
        township_id=room.township_id,
        now=now,
        to_room_id=room.id,
    )
    await stock.use_bookings(room.id, first.cooperative_id, total, movement_id=id, now=now)
    await trail.record(
        actor, "lot.received", subject="lot", subject_id=lot_id, township_id=room.township_id, now=now,
        facts={"room": room.id, "product": first.product_id, "grams": total, "slips": len(slips), "movement": id},
    )  # fmt: skip
    return done


async def _named(actor: Actor, slip_ids: Sequence[UUID]) -> list[_Slip]:
    if not 0 < len(slip_ids) <= SLIPS_MAX:
        raise Refused("Choose between one and %(max)s slips.", "slip_ids", max=SLIPS_MAX)
    ids = [str(slip_id) for slip_id in slip_ids]
    await db.lock("harvest_weighin", ids)
    return await _read(actor, Clause("w.id IN :ids", {"ids": ids}))


async def _heap(
    actor: Actor, site_id: int | None, product_id: int | None, through_number: int | None
) -> list[_Slip]:
    lying = Clause(
        "w.site_id = :site_id AND w.product_id = :product_id AND w.lot_id IS NULL AND w.voided_at IS NULL",
        {"site_id": site_id, "product_id": product_id},
    )
    if through_number is not None:
        lying &= Clause("w.number <= :through", {"through": through_number})
    found = await _read(actor, lying)
    if not found:
        raise Conflict("Nothing of this lies on the floor any more: it was put away meanwhile.")
    await db.lock("harvest_weighin", [slip.id for slip in found])
    return found


async def _read(actor: Actor, which: Clause) -> list[_Slip]:
    wanted = which & floor_of(actor)
    return await db.fetch(
        _slip,
        "SELECT w.id, w.site_id, s.township_id, w.township_id, w.product_id, p.commodity_id, w.form, w.grade, w.cultivar, w.season,"
        " w.cooperative_id, w.net_grams, w.picked_at, w.lot_id, w.voided_at"
        " FROM harvest_weighin w JOIN directory_site s ON s.id = w.site_id JOIN harvest_product p ON p.id = w.product_id"
        f" WHERE {wanted.sql} ORDER BY w.weighed_at, w.id LIMIT :limit",
        limit=SLIPS_MAX,
        **wanted.params,
    )


def _slip(*row: Any) -> _Slip:
    return _Slip(str(row[0]), *row[1:])


def _all_there(slips: list[_Slip], slip_ids: Sequence[UUID]) -> list[_Slip]:
    if len(slips) != len(set(slip_ids)):
        raise Missing()
    if any(slip.voided_at is not None for slip in slips):
        raise Refused("A voided slip has no pepper to put away.", "slip_ids")
    if any(slip.lot_id is not None for slip in slips):
        raise Conflict(
            "Some of these slips were put away or voided meanwhile. Look at what is left and try again."
        )
    return slips


def _one_kind(slips: Sequence[_Slip]) -> _Slip:
    """The first slip, standing for all of them."""
    first = slips[0]
    if any(slip.product_id != first.product_id for slip in slips):
        raise Refused("A lot is one product: put each form, grade and cultivar away by itself.", "slip_ids")
    if any(slip.cooperative_id != first.cooperative_id for slip in slips):
        raise Refused("A lot belongs to one cooperative: put each one's pepper away by itself.", "slip_ids")
    if any(slip.site_id != first.site_id for slip in slips):
        raise Refused("A lot comes from one site: put each site's pepper away by itself.", "slip_ids")
    return first


async def _make_lot(slips: Sequence[_Slip], room: RoomRow, *, now: datetime) -> int:
    first = slips[0]
    picked_at = clock.from_ms(min(slip.picked_at for slip in slips))
    lot_id = await db.insert_id(
        "storage_lot",
        code=new_code(),
        product_id=first.product_id,
        form=first.form,
        grade=first.grade,
        cultivar=first.cultivar,
        season=first.season,
        site_id=room.site_id,
        room_id=room.id,
        township_id=room.township_id,
        origin_township_id=_mostly_from(slips),
        operator_id=room.operator_id,
        cooperative_id=first.cooperative_id,
        picked_at=picked_at,
        received_at=now,
        fresh_until_at=fresh_until(first.form, room.kind, picked_at=picked_at, now=now),
        slips=len(slips),
    )
    await floor.take_in([slip.id for slip in slips], lot_id=lot_id)
    await db.execute_many(
        "INSERT INTO storage_lot_slip (lot_id, weighin_id) VALUES (:lot_id, :weighin_id)",
        [{"lot_id": lot_id, "weighin_id": slip.id} for slip in slips],
    )
    return lot_id


def _mostly_from(slips: Sequence[_Slip]) -> int:
    grams: dict[int, int] = {}
    for slip in slips:
        grams[slip.township_id] = grams.get(slip.township_id, 0) + slip.net_grams
    return max(sorted(grams), key=lambda township_id: grams[township_id])


async def _post(
    actor: Actor, id: UUID, first: _Slip, lot_id: int, total: Grams, room: RoomRow, *, now: datetime
) -> None:
    product = Product(first.product_id, first.commodity_id)
    lying = await products.floor_account(product, site_id=first.site_id, township_id=first.site_township_id)
    account_id = await postings.open_lot_account(lot_id, first.commodity_id, township_id=room.township_id)
    await transactions.post(
        actor, id=id, kind="receive", book=f"site:{first.site_id}", legs=[Leg(debit=account_id, credit=lying, amount=total)],
        effective_on=clock.local_day(now), now=now, township_id=room.township_id,
    )  # fmt: skip
    await stock.keep(lot_id)
