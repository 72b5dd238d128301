"""One product becomes another: fresh pepper is dried or preserved, a lot gets another grade.

In the ledger each product is a commodity of its own. What goes in is credited to its lots and debited to the site's `conversion`
account; what comes out is taken from the `conversion` account of the new product, gram for gram. What became seed, waste or was
lost (water above all) leaves `conversion` by legs of their own, so that all of these accounts of a site together are at zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import db
from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.harvest import products
from pepperchain.harvest.products import Product
from pepperchain.harvest.rules import check_reason
from pepperchain.ledger.rules import Leg
from pepperchain.storage import parts, postings, queries, stock
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.lots import some_of
from pepperchain.storage.parts import Clock, Part
from pepperchain.storage.processing_rules import Batch, becomes, check_batch, lots_max, outputs_max, shares
from pepperchain.storage.queries import RoomRow
from pepperchain.storage.rules import MovementKind, content_hash, fresh_until
from pepperchain.storage.stock import Done


@dataclass(frozen=True, slots=True)
class Input:
    """How much of which lot goes in; None is all that is free."""

    lot_id: int
    grams: Grams | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """How much of which grade comes out, and where it is put."""

    grade: str
    grams: Grams
    room_id: int


@db.unit_of_work
async def process(
    actor: Actor,
    *,
    id: UUID,
    inputs: Sequence[Input],
    form: str,
    outputs: Sequence[Output],
    now: datetime,
    seed: Grams = Grams(0),
    waste: Grams = Grams(0),
    reason: str | None = None,
) -> Done:
    """Makes lots of one cooperative into another form; their clock begins anew by the rule of the new form.

    Refused: more out than in; a yield that is not usual, without a reason; lots of different owners, cultivars, seasons or sites;
    a blocked lot; a room of the wrong kind or without space. Missing: lots or rooms that are not the actor's to see.
    """
    actor.require(Capability.STORAGE_MOVE)
    content = content_hash("process", list(inputs), form, list(outputs), seed, waste, reason)
    _check_lists(inputs, outputs, seed, waste)
    rooms = [await queries.usable_room(actor, output.room_id) for output in outputs]
    lots, done = await stock.locked(
        actor, [each.lot_id for each in inputs], id=id, content=content, room_ids=[room.id for room in rooms]
    )
    if done is not None:
        return done
    taken = await _taken(lots, inputs)
    first = _one_kind(lots)
    band = becomes(first.form).get(form)
    if band is None:
        raise Refused("This form of pepper is not made into that one.", "form")
    batch = Batch(Grams(sum(taken)), Grams(sum(output.grams for output in outputs)), seed, waste)
    check_batch(batch, band, reason)
    for lot, grams in zip(lots, taken, strict=True):
        await stock.take_out(lot.room_id, grams)
    made = await _make(actor, id, lots, form, outputs, rooms, now=now)
    await _post(actor, id, "process", lots, taken, made, batch, reason=reason, now=now)
    done = Done(id, first.id, batch.inside, made[0].part.lot_id)
    await _record(
        actor, done, MovementKind.PROCESS, lots, taken, made, content=content, reason=reason, now=now
    )
    await _write_down(id, first, form, batch)
    for each in made:
        await stock.use_bookings(each.room.id, first.cooperative_id, each.grams, movement_id=id, now=now)
    await trail.record(
        actor, "lot.processed", subject="lot", subject_id=first.id, township_id=first.township_id, now=now,
        facts={
            "lots": [lot.id for lot in lots], "form": form, "in_grams": batch.inside, "out_grams": batch.out,
            "seed_grams": seed, "waste_grams": waste, "loss_grams": batch.loss,
            "new_lots": [each.part.lot_id for each in made], "reason": reason, "movement": id,
        },
    )  # fmt: skip
    return done


@db.unit_of_work
async def regrade(
    actor: Actor,
    *,
    id: UUID,
    lot_id: int,
    grade: str,
    reason: str,
    now: datetime,
    grams: Grams | None = None,
) -> Done:
    """Gives a lot, or a part of it, another grade: a lot of the other product in the same room, its clock unchanged.

    Refused: the grade that it has, one that its form has not, more than is free, a blocked lot.
    """
    actor.require(Capability.STORAGE_MOVE)
    said = check_reason(reason)
    content = content_hash("regrade", lot_id, grade, grams, said)
    (lot,), done = await stock.locked(actor, [lot_id], id=id, content=content)
    if done is not None:
        return done
    await stock.check_not_blocked(lot)
    if grade == lot.grade:
        raise Refused("That is the grade that it has.", "grade")
    amount = some_of(lot, grams, most=lot.free_grams)
    room = await queries.room_unscoped(lot.room_id)
    product = await _product(lot, lot.form, grade)
    clock = Clock(lot.picked_at, lot.made_at, lot.fresh_until)
    part = await parts.made_of(lot, room, clock, product=product, form=lot.form, grade=grade, now=now)
    made, batch = [_Made(part, room, amount, product.commodity_id)], Batch(amount, amount)
    await _post(actor, id, "regrade", [lot], [amount], made, batch, reason=said, now=now)
    done = Done(id, lot_id, amount, part.lot_id)
    await _record(
        actor, done, MovementKind.REGRADE, [lot], [amount], made, content=content, reason=said, now=now
    )
    await _write_down(id, lot, lot.form, batch)
    await trail.record(
        actor, "lot.regraded", subject="lot", subject_id=lot_id, township_id=lot.township_id, now=now,
        facts={"grade": [lot.grade, grade], "grams": amount, "new_lot": part.lot_id, "reason": said, "movement": id},
    )  # fmt: skip
    return done


@dataclass(frozen=True, slots=True)
class _Made:
    """A lot that came out of it."""

    part: Part
    room: RoomRow
    grams: Grams
    commodity_id: int


def _check_lists(inputs: Sequence[Input], outputs: Sequence[Output], seed: Grams, waste: Grams) -> None:
    if not 0 < len(inputs) <= lots_max():
        raise Refused("Choose between one and %(max)s lots.", "lot_id", max=lots_max())
    if len({each.lot_id for each in inputs}) != len(inputs):
        raise Refused("The same lot is named twice.", "lot_id")
    if not 0 < len(outputs) <= outputs_max():
        raise Refused("Tell between one and %(max)s grades of what came out.", "out", max=outputs_max())
    if any(output.grams <= 0 for output in outputs):
        raise Refused("Write how much, more than zero.", "out")
    if seed < 0 or waste < 0:
        raise Refused("A weight is not less than nothing.", "seed" if seed < 0 else "waste")


async def _taken(lots: Sequence[LotRow], inputs: Sequence[Input]) -> list[Grams]:
    for lot in lots:
        await stock.check_not_blocked(lot)
    return [some_of(lot, each.grams, most=lot.free_grams) for lot, each in zip(lots, inputs, strict=True)]


def _one_kind(lots: Sequence[LotRow]) -> LotRow:
    """The first lot, standing for all of them in whose they are, of which kind and where. Grades may differ."""
    first = lots[0]
    for lot in lots:
        if lot.cooperative_id != first.cooperative_id:
            raise Refused("Lots of different cooperatives are processed apart.", "lot_id")
        if (lot.form, lot.cultivar, lot.season) != (first.form, first.cultivar, first.season):
            raise Refused("Lots that differ in form, cultivar or season are processed apart.", "lot_id")
        if lot.site_id != first.site_id:
            raise Refused("Lots at different sites are processed apart: bring them together first.", "lot_id")
    return first


async def _product(lot: LotRow, form: str, grade: str) -> Product:
    return await products.find_or_make(form=form, grade=grade, cultivar=lot.cultivar, season=lot.season)


async def _make(
    actor: Actor,
    id: UUID,
    lots: Sequence[LotRow],
    form: str,
    outputs: Sequence[Output],
    rooms: Sequence[RoomRow],
    *,
    now: datetime,
) -> list[_Made]:
    """The new lots, put into their rooms. They are as old as their oldest pepper, and fresh as new ones of their form."""
    first, made = lots[0], []
    picked_at = min(lot.picked_at for lot in lots)
    for output, room in zip(outputs, rooms, strict=True):
        product = await _product(first, form, output.grade)
        await stock.fits(actor, room, form, output.grams, now=now)
        await stock.put_in(
            actor, room, output.grams, form=form, owner_id=first.cooperative_id, movement_id=id, now=now
        )
        clock = Clock(picked_at, now, fresh_until(form, room.kind, picked_at=now, now=now))
        part = await parts.made_of(
            first, room, clock, product=product, form=form, grade=output.grade, now=now
        )
        made.append(_Made(part, room, output.grams, product.commodity_id))
    return made


async def _post(
    actor: Actor,
    id: UUID,
    kind: str,
    lots: Sequence[LotRow],
    taken: Sequence[Grams],
    made: Sequence[_Made],
    batch: Batch,
    *,
    reason: str | None,
    now: datetime,
) -> None:
    first, legs = lots[0], []
    inside: dict[int, int] = {}
    for lot, grams in zip(lots, taken, strict=True):
        commodity_id = await postings.commodity_of(lot)
        conversion = await postings.site_account(postings.CONVERSION, first, commodity_id)
        legs.append(Leg(debit=conversion, credit=lot.account_id, amount=grams))
        inside[commodity_id] = inside.get(commodity_id, 0) + grams
    for each in made:
        conversion = await postings.site_account(postings.CONVERSION, first, each.commodity_id)
        legs.append(Leg(debit=each.part.account_id, credit=conversion, amount=each.grams))
    legs += await _what_left(first, inside, batch)
    await postings.post(actor, id, kind, first, legs, reason=reason, now=now)
    for lot_id in sorted([lot.id for lot in lots] + [each.part.lot_id for each in made]):
        await stock.keep(lot_id)


async def _what_left(first: LotRow, inside: dict[int, int], batch: Batch) -> list[Leg]:
    """Legs for seed, waste and loss, out of the products that went in."""
    commodities = sorted(inside)
    parts_of = shares(
        [inside[each] for each in commodities], [batch.out, batch.seed, batch.waste, batch.loss]
    )
    legs = []
    for commodity_id, (_out, *left) in zip(commodities, parts_of, strict=True):
        conversion = await postings.site_account(postings.CONVERSION, first, commodity_id)
        for kind, amount in zip((postings.SEED, postings.WASTE, postings.LOSS), left, strict=True):
            if amount:
                account_id = await postings.site_account(kind, first, commodity_id)
                legs.append(Leg(debit=account_id, credit=conversion, amount=amount))
    return legs


async def _record(
    actor: Actor,
    done: Done,
    kind: MovementKind,
    lots: Sequence[LotRow],
    taken: Sequence[Grams],
    made: Sequence[_Made],
    *,
    content: str,
    reason: str | None,
    now: datetime,
) -> None:
    await stock.record(
        actor, done, kind, content=content, township_id=lots[0].township_id, now=now,
        from_room_id=lots[0].room_id, to_room_id=made[0].room.id, reason=reason,
    )  # fmt: skip
    sources = [(lot.id, grams) for lot, grams in zip(lots, taken, strict=True)]
    await parts.remember(done.id, [each.part.lot_id for each in made], sources)


async def _write_down(id: UUID, lot: LotRow, form: str, batch: Batch) -> None:
    await db.insert(
        "storage_conversion", movement_id=id, site_id=lot.site_id, township_id=lot.township_id, from_form=lot.form, to_form=form,
        in_grams=batch.inside, out_grams=batch.out, seed_grams=batch.seed, waste_grams=batch.waste, loss_grams=batch.loss,
    )  # fmt: skip
