"""Samples of lots, and the tests of them. A failed test blocks the lot, where the settings say so."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, Missing, Refused
from pepperchain.core.units import Grams
from pepperchain.ledger.rules import Leg
from pepperchain.storage import blocks, postings, stock
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.quality_rules import (
    Item,
    Verdict,
    blocks_on_failure,
    limits,
    sample_grams_max,
    verdict,
    written,
)
from pepperchain.storage.rules import MovementKind, content_hash
from pepperchain.storage.stock import Done

SAMPLED = "sampled"


@db.unit_of_work
async def take(
    actor: Actor, *, id: UUID, lot_id: int, grams: Grams, now: datetime, note: str | None = None
) -> Done:
    """Takes a sample of a lot; what is taken out leaves its stock, nothing if it is looked at where it lies. A blocked lot is sampled too.

    Refused: more than is there and not held, more than a sample is, an empty lot, one on the road.
    """
    actor.require(Capability.STORAGE_MOVE)
    content = content_hash("sample", lot_id, grams, note)
    (lot,), _ = await stock.locked(actor, [lot_id], id=id, content=content)
    there = await db.scalar("SELECT content_hash FROM storage_sample WHERE id = :id", id=id)
    if there is not None:
        if there != content:
            raise Conflict("This was sent before with other contents.")
        return Done(id, lot_id, grams, repeated=True)
    stock.check_not_on_the_road(lot)
    if not lot.is_open:
        raise Refused("This lot is empty.")
    if not 0 <= grams <= sample_grams_max():
        raise Refused("A sample is at most %(most)s.", "grams", most=Grams(sample_grams_max()))
    if grams:
        await _take_out(actor, id, lot, grams, content=content, note=note, now=now)
    await db.insert(
        "storage_sample", id=id, lot_id=lot_id, township_id=lot.township_id, grams=grams, taken_at=now, taken_by=actor.user_id,
        taken_by_name=actor.name, note=note, content_hash=content,
    )  # fmt: skip
    await trail.record(
        actor, "sample.taken", subject="lot", subject_id=lot_id, township_id=lot.township_id, now=now,
        facts={"grams": grams, "note": note, "sample": id},
    )  # fmt: skip
    return Done(id, lot_id, grams)


async def _take_out(
    actor: Actor, id: UUID, lot: LotRow, grams: Grams, *, content: str, note: str | None, now: datetime
) -> None:
    sampled = await postings.site_account(SAMPLED, lot, await postings.commodity_of(lot))
    leg = Leg(debit=sampled, credit=lot.account_id, amount=grams)
    await postings.post(actor, id, "sample", lot, [leg], reason=note, now=now)
    await stock.keep(lot.id)
    await stock.take_out(lot.room_id, grams)
    await stock.record(
        actor, Done(id, lot.id, grams), MovementKind.SAMPLE, content=content, township_id=lot.township_id, now=now,
        from_room_id=lot.room_id, reason=note,
    )  # fmt: skip


@db.unit_of_work
async def note_test(
    actor: Actor,
    *,
    id: UUID,
    sample_id: UUID,
    laboratory: str,
    tested_on: date,
    results: Mapping[Item, int],
    block_reason: str,
    now: datetime,
    certificate: str | None = None,
    remark: str | None = None,
) -> Verdict:
    """Notes what was found in a sample, in tenths of each item's unit, and holds it against the limits of the lot's form.

    A failed one blocks the lot with `block_reason`, unless it is empty, on the road or blocked already.
    Refused: nothing measured, a day that has not come or lies before the sample. Missing: a sample that is not the actor's to see.
    """
    actor.require(Capability.STORAGE_MOVE)
    content = content_hash(
        "test", sample_id, laboratory, certificate, tested_on, sorted(results.items()), remark
    )
    lot_id, taken_at = await _sampled(sample_id)
    (lot,), _ = await stock.locked(actor, [lot_id], id=uuid5(id, "block"), content=content)
    there = await db.tuples("SELECT content_hash, verdict FROM storage_test WHERE id = :id", id=id)
    if there:
        if there[0][0] != content:
            raise Conflict("This was sent before with other contents.")
        return Verdict(there[0][1])
    if not results:
        raise Refused("Write at least one result.", Item.MOISTURE.value)
    if not clock.local_day(taken_at) <= tested_on <= clock.local_day(now):
        raise Refused("A test is made between the sample and today.", "tested_on")
    against = limits(lot.form)
    found = verdict(results, against)
    block_id = None
    if found is Verdict.FAILED and blocks_on_failure() and lot.is_open and lot.block_id is None:
        block_id = uuid5(id, "block")
        await blocks.put_block(actor, block_id, lot, content=content, reason=block_reason, now=now)
    await db.insert(
        "storage_test", id=id, sample_id=sample_id, lot_id=lot_id, township_id=lot.township_id, form=lot.form, laboratory=laboratory,
        certificate=certificate, tested_on=tested_on, limits=written(against), verdict=found, remark=remark, noted_at=now,
        noted_by=actor.user_id, noted_by_name=actor.name, block_id=block_id, content_hash=content,
        **{item.value: results.get(item) for item in Item},
    )  # fmt: skip
    await trail.record(
        actor, "sample.tested", subject="lot", subject_id=lot_id, township_id=lot.township_id, now=now,
        facts={"verdict": found.value, "laboratory": laboratory, "certificate": certificate, "sample": sample_id, "blocks": block_id},
    )  # fmt: skip
    return found


async def _sampled(sample_id: UUID) -> tuple[int, datetime]:
    rows = await db.tuples("SELECT lot_id, taken_at FROM storage_sample WHERE id = :id", id=sample_id)
    if not rows:
        raise Missing()
    return rows[0][0], clock.from_ms(rows[0][1])
