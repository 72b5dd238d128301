"""Natural loss (自然损耗): policies are stated, lots earn their allowance day by day, and what counting finds beyond it is a case."""

from datetime import date, datetime, timedelta
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.audit import trail
from pepperchain.core import clock, db
from pepperchain.core.errors import Conflict, NotYours, Refused
from pepperchain.core.units import Grams
from pepperchain.harvest.rules import check_reason, forms
from pepperchain.ledger.rules import Leg
from pepperchain.storage import loss_queries, postings
from pepperchain.storage.loss_models import FoundLoss
from pepperchain.storage.loss_rules import LossState, Shares, allowance, shares
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.rules import RoomKind, content_hash

NATURAL = "natural_loss"
EXCESS = "excess_loss"
"""Kinds of a site's accounts: what its lots lost within their policies, and what they lost beyond."""

LOTS_A_TURN = 2_000
DAYS_BACK_MAX = 31


@db.unit_of_work
async def state_policy(
    actor: Actor,
    *,
    id: UUID,
    form: str,
    kind: RoomKind,
    ppm_per_day: int,
    tolerance_ppm: int,
    valid_from: date,
    reason: str,
    now: datetime,
) -> bool:
    """States how much may be lost from a day on; False if this form came before. What was earned until then stays.

    An administrator's holds for all who state none. Refused: a day that is over, a form that there is not, more than makes sense.
    """
    actor.require(Capability.STORAGE_PLAN)
    said = check_reason(reason)
    if form not in forms():
        raise Refused("Choose fresh, preserved-fresh or dry.", "form")
    if valid_from < clock.local_day(now):
        raise Refused("A policy begins today or later: what was earned before stays.", "valid_from")
    for name, value, most in (("ppm_per_day", ppm_per_day, 20_000), ("tolerance_ppm", tolerance_ppm, 50_000)):
        if not 0 <= value <= most:
            raise Refused("Write a number between 0 and %(most)s.", name, most=most)
    operator_id = None if actor.role in (Role.ADMIN, Role.SYSTEM) else actor.organization_id
    content = content_hash(operator_id, form, kind, ppm_per_day, tolerance_ppm, valid_from, said)
    written = await db.execute(
        "INSERT INTO storage_loss_policy (id, operator_id, form, kind, ppm_per_day, tolerance_ppm, valid_from_on, reason, set_at,"
        " set_by, set_by_name, content_hash) VALUES (:id, :operator_id, :form, :kind, :ppm, :tolerance, :valid_from, :reason, :now,"
        " :by, :by_name, :content) ON CONFLICT (id) DO NOTHING",
        id=id, operator_id=operator_id, form=form, kind=kind, ppm=ppm_per_day, tolerance=tolerance_ppm, valid_from=valid_from,
        reason=said, now=now, by=actor.user_id, by_name=actor.name, content=content,
    )  # fmt: skip
    if not written:
        there = await db.scalar("SELECT content_hash FROM storage_loss_policy WHERE id = :id", id=id)
        if there != content:
            raise Conflict("This was sent before with other contents.")
        return False
    await trail.record(
        actor, "loss_policy.stated", subject="loss_policy", subject_id=id, now=now,
        facts={"form": form, "kind": kind, "ppm": ppm_per_day, "tolerance_ppm": tolerance_ppm, "day": valid_from, "reason": said},
    )  # fmt: skip
    return True


async def accrue(*, now: datetime) -> int:
    """Lets every lot earn its allowance for the days that are over; how many lots earned. Broken off, it goes on where it was.

    A lot earns a day's parts per million of what it holds when the day is reckoned, once for each day. Days on which no timer ran are
    made up for with what lies there now, a month at most.
    """
    if await db.scalar("SELECT 1 FROM storage_loss_policy LIMIT 1") is None:
        return 0
    yesterday, earned = clock.local_day(now) - timedelta(days=1), 0
    last = await db.scalar("SELECT MAX(through_on) FROM storage_allowance")
    first = yesterday if last is None else date.fromisoformat(str(last))
    day = max(first, yesterday - timedelta(days=DAYS_BACK_MAX))
    while day <= yesterday:
        earned += await _earn(day)
        day += timedelta(days=1)
    return earned


async def _earn(day: date) -> int:
    after, earned = 0, 0
    while True:
        ids = [
            int(id)
            for (id,) in await db.tuples(
                "SELECT id FROM storage_lot WHERE is_open AND id > :after ORDER BY id LIMIT :limit",
                after=after,
                limit=LOTS_A_TURN,
            )
        ]
        if not ids:
            return earned
        earned += await _earn_some(ids, day)
        after = ids[-1]


@db.unit_of_work
async def _earn_some(lot_ids: list[int], day: date) -> int:
    ppm = loss_queries.STANDING.format(
        column="ppm_per_day", form="l.form", kind="r.kind", operator="l.operator_id"
    )
    day_text = "CAST(:day AS DATE)" if db.dialect() == "postgres" else ":day"
    return await db.execute(
        "INSERT INTO storage_allowance (lot_id, township_id, through_on, accrued_ppm, used_grams)"
        f" SELECT e.id, e.township_id, {day_text}, e.on_hand_grams * e.ppm, 0 FROM (SELECT l.id, l.township_id, l.on_hand_grams,"
        f" {ppm} AS ppm FROM storage_lot l JOIN storage_room r ON r.id = l.room_id"
        " WHERE l.id IN :ids AND l.is_open AND l.received_at < :over) AS e WHERE e.ppm > 0"
        " ON CONFLICT (lot_id) DO UPDATE SET accrued_ppm = storage_allowance.accrued_ppm + excluded.accrued_ppm,"
        " through_on = excluded.through_on WHERE storage_allowance.through_on < excluded.through_on",
        ids=lot_ids,
        day=day,
        over=clock.day_start(day + timedelta(days=1)),
    )


async def divided(lot: LotRow, difference: Grams, *, now: datetime) -> Shares | None:
    """How what a count found missing of a (locked) lot divides; None where no policy holds, and all of it is variance."""
    tolerance = await loss_queries.standing_tolerance_ppm(
        form=lot.form, kind=lot.room_kind, operator_id=lot.operator_id, on=clock.local_day(now)
    )
    if tolerance is None:
        return None
    accrued, used = await loss_queries.earned(lot.id)
    return shares(difference, book=lot.on_hand_grams, left=allowance(accrued, used), tolerance_ppm=tolerance)


async def legs(lot: LotRow, found: Shares) -> list[Leg]:
    """What leaves the lot as natural loss, and what as excess loss."""
    commodity_id = await postings.commodity_of(lot)
    return [
        Leg(
            debit=await postings.site_account(kind, lot, commodity_id),
            credit=lot.account_id,
            amount=grams,
        )
        for kind, grams in ((NATURAL, found.natural), (EXCESS, found.excess))
        if grams
    ]


async def note(movement_id: UUID, lot: LotRow, found: Shares, *, now: datetime) -> None:
    """Writes down what a (recorded) count found missing, and uses up the allowance; excess loss is a case from then on."""
    await db.insert(
        "storage_found_loss", movement_id=movement_id, lot_id=lot.id, site_id=lot.site_id, room_id=lot.room_id,
        operator_id=lot.operator_id, cooperative_id=lot.cooperative_id, township_id=lot.township_id, form=lot.form,
        found_on=clock.local_day(now), book_grams=lot.on_hand_grams, allowed_grams=found.allowed, natural_grams=found.natural,
        excess_grams=found.excess, state=LossState.OPEN if found.excess else LossState.ALLOWED,
    )  # fmt: skip
    await _use(lot.id, found.natural)


async def take_back(movement_id: UUID) -> None:
    """The count was taken back: its case is none any more, and the allowance is there again."""
    rows = await db.tuples(
        "UPDATE storage_found_loss SET state = 'taken_back' WHERE movement_id = :id AND state <> 'taken_back'"
        " RETURNING lot_id, natural_grams",
        id=movement_id,
    )
    for lot_id, natural in rows:
        await _use(lot_id, Grams(-natural))


async def _use(lot_id: int, grams: Grams) -> None:
    """What the tolerance covered beyond the allowance is not used up of it."""
    await db.execute(
        "UPDATE storage_allowance SET used_grams = CASE WHEN used_grams + :grams < 0 THEN 0"
        " WHEN used_grams + :grams > accrued_ppm / 1000000 THEN accrued_ppm / 1000000 ELSE used_grams + :grams END WHERE lot_id = :id",
        id=lot_id,
        grams=grams,
    )


@db.unit_of_work
async def explain(actor: Actor, *, movement_id: UUID, words: str, now: datetime) -> None:
    """Says how more came to be lost than is allowed. Missing: not the actor's to see. Refused: there is nothing to explain."""
    actor.require(Capability.STORAGE_ADJUST)
    said = check_reason(words)
    row = await _case(actor, movement_id)
    await db.execute(
        "UPDATE storage_found_loss SET state = 'explained', explanation = :words, explained_at = :now, explained_by = :by,"
        " explained_by_name = :by_name WHERE movement_id = :id",
        id=movement_id, words=said, now=now, by=actor.user_id, by_name=actor.name,
    )  # fmt: skip
    await trail.record(
        actor, "loss.explained", subject="lot", subject_id=row.lot_id, township_id=row.township_id, now=now,
        facts={"grams": row.excess_grams, "reason": said, "movement": movement_id},
    )  # fmt: skip


@db.unit_of_work
async def close(actor: Actor, *, movement_id: UUID, now: datetime) -> None:
    """Closes an explained case, as the committee, which did not explain it. Refused: not explained yet, or by the same person."""
    actor.require(Capability.STOCKTAKE_ALLOW)
    row = await _case(actor, movement_id)
    if row.state is not LossState.EXPLAINED:
        raise Refused("It is not explained yet.")
    if row.explained_by is not None and row.explained_by == actor.user_id:
        raise Refused("You explained it, so somebody else closes it.")
    await db.execute(
        "UPDATE storage_found_loss SET state = 'closed', closed_at = :now, closed_by = :by, closed_by_name = :by_name"
        " WHERE movement_id = :id",
        id=movement_id, now=now, by=actor.user_id, by_name=actor.name,
    )  # fmt: skip
    await trail.record(
        actor, "loss.closed", subject="lot", subject_id=row.lot_id, township_id=row.township_id, now=now,
        facts={"grams": row.excess_grams, "movement": movement_id},
    )  # fmt: skip


async def _case(actor: Actor, movement_id: UUID) -> loss_queries.LossRow:
    """A case, locked, that the actor answers for. NotYours: seen, but in rooms of somebody else's."""
    await loss_queries.loss(actor, str(movement_id))
    kept = FoundLoss.kept_by(actor)
    # Written as it is: the row is this unit's until its end, so that two who explain or close it come one after the other.
    theirs = await db.execute(
        f"UPDATE storage_found_loss AS f SET state = f.state WHERE f.movement_id = :id AND {kept.sql}",
        id=movement_id,
        **kept.params,
    )
    if not theirs:
        raise NotYours("Whoever runs these rooms explains it, and the committee closes it.")
    row = await loss_queries.loss(actor, str(movement_id))
    if not row.is_case:
        raise Refused("There is nothing to explain here.")
    return row
