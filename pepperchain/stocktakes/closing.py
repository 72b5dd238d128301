"""From the last count to the books: handed in by one, agreed to by the committee where much differs, signed by another and posted once."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import db, registry
from pepperchain.core.errors import Refused
from pepperchain.core.units import Grams
from pepperchain.harvest.rules import check_reason
from pepperchain.ledger import queries as ledger
from pepperchain.stocktakes import queries, stocktakes
from pepperchain.stocktakes.counting import progress
from pepperchain.stocktakes.queries import LineRow, StocktakeRow
from pepperchain.stocktakes.rules import Block, State, wants_committee
from pepperchain.stocktakes.stocktakes import TABLE
from pepperchain.storage import lots, stock
from pepperchain.storage.holders import Holder

_NOT_HANDED_IN = {
    "handed_in_at": None, "handed_in_by": None, "handed_in_by_name": None, "allowed_at": None, "allowed_by": None,
    "allowed_by_name": None, "lost_grams": None, "found_grams": None, "over_tolerance": False,
}  # fmt: skip


@db.unit_of_work
async def hand_in(actor: Actor, *, id: int, version: int, now: datetime) -> None:
    """Says that all is counted; from now on what differs is seen. Refused: something is not counted yet."""
    actor.require(Capability.STORAGE_MOVE)
    row = await stocktakes.locked(actor, id)
    if row.state is State.HANDED_IN and row.handed_in_by == actor.user_id:
        return
    stocktakes.require_counting(row)
    lines = await queries.lines(row)
    done = progress(lines)
    if done.left:
        raise Refused("%(count)s lots are still to be counted.", count=done.left)
    lost = Grams(sum(-line.difference for line in lines if line.difference < 0))
    found = Grams(sum(line.difference for line in lines if line.difference > 0))
    over = wants_committee(book=int(row.book_grams), lost=int(lost), found=int(found))
    await registry.revise(
        TABLE, id, version, state=State.HANDED_IN, handed_in_at=now, handed_in_by=actor.user_id, handed_in_by_name=actor.name,
        lost_grams=lost, found_grams=found, over_tolerance=over,
    )  # fmt: skip
    await trail.record(
        actor, "stocktake.handed_in", subject="stocktake", subject_id=id, township_id=row.township_id, now=now,
        facts={"lost_grams": lost, "found_grams": found, "over_tolerance": over},
    )  # fmt: skip


@db.unit_of_work
async def give_back(actor: Actor, *, id: int, version: int, reason: str, now: datetime) -> None:
    """Back to counting, with what is to be looked at again. What was counted stays."""
    actor.require(Capability.STORAGE_ADJUST)
    said = check_reason(reason)
    row = await stocktakes.locked(actor, id)
    _require_handed_in(row)
    await registry.revise(TABLE, id, version, state=State.COUNTING, **_NOT_HANDED_IN)
    await trail.record(
        actor, "stocktake.given_back", subject="stocktake", subject_id=id, township_id=row.township_id, now=now,
        facts={"reason": said},
    )  # fmt: skip


@db.unit_of_work
async def allow(actor: Actor, *, id: int, version: int, now: datetime) -> None:
    """The committee agrees to what was found. Agreed twice by one is once. Refused: whoever handed it in."""
    actor.require(Capability.STOCKTAKE_ALLOW)
    await queries.stocktake(actor, id)
    await db.lock(TABLE, [id])
    row = await queries.stocktake(actor, id)
    if row.allowed_by is not None and row.allowed_by == actor.user_id:
        return
    _require_handed_in(row)
    if row.allowed_at is not None:
        raise Refused("The committee agreed already.")
    if row.handed_in_by == actor.user_id:
        raise Refused("You handed it in, so somebody else decides on it.")
    await registry.revise(
        TABLE, id, version, allowed_at=now, allowed_by=actor.user_id, allowed_by_name=actor.name
    )
    await trail.record(
        actor, "stocktake.allowed", subject="stocktake", subject_id=id, township_id=row.township_id, now=now,
        facts={"lost_grams": row.lost_grams, "found_grams": row.found_grams},
    )  # fmt: skip


def _require_handed_in(row: StocktakeRow) -> None:
    if row.state is not State.HANDED_IN:
        raise Refused("Nothing waits for a signature here.")


async def blocks(
    lines: Sequence[LineRow], *, site_id: int, holders: Sequence[Holder] = ()
) -> dict[int, Block]:
    """By line, why a difference cannot be posted as things stand. What the `holders` hold gives way."""
    differing = [line for line in lines if line.difference and line.movement_id is None]
    accounts = await ledger.states([line.account_id for line in differing]) if differing else {}
    yields: Counter[int] = Counter()
    for holder in holders:
        yields.update(await holder.yields([line.lot_id for line in differing]))
    found: dict[int, Block] = {}
    for line in differing:
        if line.consignment_id is not None:
            found[line.id] = Block.ON_THE_ROAD
        elif line.site_id != site_id:
            found[line.id] = Block.ELSEWHERE
        elif line.on_hand_grams + line.difference < 0 or (line.expected_grams and not line.on_hand_grams):
            found[line.id] = Block.EMPTIED
        elif accounts[line.account_id].balance.available + yields[line.lot_id] + line.difference < 0:
            found[line.id] = Block.HELD
    return found


@db.unit_of_work
async def sign(
    actor: Actor,
    *,
    id: int,
    version: int,
    now: datetime,
    reason: str | None = None,
    holders: Sequence[Holder] = (),
) -> None:
    """The second person signs: every difference is posted in one go, on the open day, and the stocktake is closed.

    Refused: whoever handed it in, much differs and the committee has not agreed, a lot's difference cannot be posted.
    """
    actor.require(Capability.STORAGE_ADJUST)
    row = await stocktakes.locked(actor, id)
    if row.state is State.POSTED and row.ended_by == actor.user_id:
        return
    _require_handed_in(row)
    _require_second(actor, row)
    said = await _post(actor, row, reason, holders, now=now)
    await stocktakes.close_rooms(row)
    await registry.revise(
        TABLE, id, version, state=State.POSTED, ended_at=now, ended_by=actor.user_id, ended_by_name=actor.name, reason=said
    )  # fmt: skip
    await trail.record(
        actor, "stocktake.posted", subject="stocktake", subject_id=id, township_id=row.township_id, now=now,
        facts={"lost_grams": row.lost_grams, "found_grams": row.found_grams, "reason": said},
    )  # fmt: skip


def _require_second(actor: Actor, row: StocktakeRow) -> None:
    if row.waits_for_committee:
        raise Refused("So much differs that the committee has to agree first.")
    if not row.may_sign(actor):
        raise Refused("You handed it in, so somebody else signs it.")


async def _post(
    actor: Actor, row: StocktakeRow, reason: str | None, holders: Sequence[Holder], *, now: datetime
) -> str | None:
    """Corrects every lot that differs by as much as it differed when it was counted; the reason that stands with it."""
    differing = [line for line in await queries.lines(row) if line.difference]
    if not differing:
        return None
    said = check_reason(reason or "")
    await stock.lock_lots([line.lot_id for line in differing])
    await stock.lock_rooms(await queries.rooms_holding([line.lot_id for line in differing]))
    differing = [line for line in await queries.lines(row) if line.difference]
    blocked = await blocks(differing, site_id=row.site_id, holders=holders)
    for line in differing:
        if line.id in blocked:
            raise Refused(
                "Lot %(code)s cannot be posted as things stand. What stands in the way is written beside it.",
                code=line.short_code,
            )
    # What makes space comes first, so that a full room takes what was found.
    for line in sorted(differing, key=lambda each: (each.difference, each.lot_id)):
        movement = uuid5(UUID(row.request_id), f"line:{line.id}")
        await lots.adjust(
            actor, id=movement, lot_id=line.lot_id, counted=Grams(line.on_hand_grams + line.difference),
            reason=f"{row.code} {said}"[:200], now=now, holders=holders,
        )  # fmt: skip
        await db.execute(
            "UPDATE stocktakes_line SET movement_id = :movement WHERE id = :id", movement=movement, id=line.id
        )
    return said
