"""Pledging a receipt for a loan: asked for by the grower or for them, consented to, and taken back while nobody has lent yet.

What the lender then does is in `lending`. Receipts are locked before their pledges.
"""

from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.audit import trail
from pepperchain.bank import pledge_queries, price_queries, receipts, scheme_queries
from pepperchain.bank.pledge_queries import PledgeRow
from pepperchain.bank.pledge_rules import PledgeState, loan_max
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.units import Fen, Grams
from pepperchain.storage.rules import content_hash

TABLE = "bank_pledge"


@db.unit_of_work
async def request(
    actor: Actor,
    *,
    id: UUID,
    receipt_id: int,
    grams: Grams,
    lender_id: int,
    loan: Fen,
    due_on: date,
    now: datetime,
    words: str | None = None,
    replaces_id: UUID | None = None,
) -> bool:
    """Asks a lender to lend on so much of a receipt; False if this was asked before. Growers who ask consent by it.

    With `replaces_id` it is to stand for a pledge of the same household and lender, which ends when the lender confirms this one.
    Refused: more than is free, terms that forbid it, a loan above the terms' share of its worth, a day that is over, nobody who lends.
    Staff say in `words` who asked. Missing: a receipt that is not the actor's to see.
    """
    actor.require(Capability.BANK_PLEDGE)
    content = content_hash("pledge", receipt_id, grams, lender_id, loan, due_on, words, replaces_id)
    receipt = (await receipts.locked(actor, receipt_id)).receipt
    there = await db.scalar("SELECT content_hash FROM bank_pledge WHERE id = :id", id=id)
    if there is not None:
        if there != content:
            raise Conflict("This was sent before with other contents.")
        return False
    receipts.check_open(receipt)
    is_grower = actor.role is Role.GROWER
    if not is_grower and not words:
        raise Refused("Say who asked for it, and how.", "words")
    if lender_id not in {each for each, _ in await pledge_queries.lenders()}:
        raise Refused("Choose one of the list.", "lender_id")
    if due_on <= clock.local_day(now):
        raise Refused("This day is over.", "due_on")
    await _check(receipt, grams, loan, now=now)
    if replaces_id is not None:
        await _check_replaced(actor, replaces_id, receipt, lender_id)
    consent = {"consented_at": now, "consented_by_name": actor.name} if is_grower else {}
    await registry.enter_as(
        TABLE, id=id, receipt_id=receipt.id, household_id=receipt.household_id, cooperative_id=receipt.cooperative_id,
        operator_id=receipt.operator_id, site_id=receipt.site_id, township_id=receipt.township_id, lender_id=lender_id, grams=grams,
        loan_fen=loan, due_on=due_on, words=words, state=PledgeState.CONSENTED if is_grower else PledgeState.REQUESTED, asked_at=now,
        asked_by=actor.user_id, asked_by_name=actor.name, replaces_id=replaces_id, content_hash=content, **consent,
    )  # fmt: skip
    await trail.record(
        actor, "bank_pledge.requested", subject="bank_receipt", subject_id=receipt_id, township_id=receipt.township_id, now=now,
        facts={"grams": grams, "amount_fen": loan, "lender": lender_id, "until": due_on},
    )  # fmt: skip
    return True


async def _check(receipt: ReceiptRow, grams: Grams, loan: Fen, *, now: datetime) -> None:
    """Refused: terms that forbid pledges, more than is free, more lent than the terms let be lent on it."""
    terms = (await scheme_queries.version_unscoped(receipt.scheme_version_id)).terms
    if not terms.pledgeable:
        raise Refused("These terms do not let a receipt be pledged.")
    if grams <= 0:
        raise Refused("Write how much, more than zero.", "grams")
    if grams > receipt.free_grams:
        raise Refused("Only %(available)s of this receipt is free.", "grams", available=receipt.free_grams)
    if loan <= 0:
        raise Refused("Write an amount, more than zero.", "loan")
    price = await price_queries.standing(
        form=receipt.form, grade=receipt.grade, on=clock.local_day(now), operator_id=receipt.operator_id
    )
    most = loan_max(
        terms, grams, floor=receipt.floor_fen_per_kg, price=None if price is None else price.fen_per_kg
    )
    if most is None:
        raise Refused("Nobody has entered a price, so nobody can say what it is worth.", "loan")
    if loan > most:
        raise Refused(
            "%(most)s may be lent on this: %(percent)s %% of what it is worth.", "loan", most=most, percent=terms.pledge_percent_max
        )  # fmt: skip


async def _check_replaced(actor: Actor, id: UUID, receipt: ReceiptRow, lender_id: int) -> None:
    """Refused: it is no standing pledge of this household with this lender, or of this very receipt."""
    old = await pledge_queries.pledge(actor, id)
    fits = (
        old.household_id == receipt.household_id
        and old.lender_id == lender_id
        and old.receipt_id != receipt.id
    )
    if not fits or old.state is not PledgeState.ACTIVE:
        raise Refused("It can only stand for another pledge of the same grower with the same lender.")


@db.unit_of_work
async def consent(actor: Actor, *, id: UUID, now: datetime, words: str | None = None) -> None:
    """The grower agrees; for one without a phone staff write down how they did. Agreed twice is agreed once.

    Refused: it has gone on since, or staff who say nothing.
    """
    actor.require(Capability.BANK_PLEDGE)
    row = await locked(actor, id)
    if row.consented_at is not None and row.state is not PledgeState.WITHDRAWN:
        return
    check_state(row, PledgeState.REQUESTED)
    if actor.role is not Role.GROWER and not words:
        raise Refused("Write how the grower agreed: by signature, or before which witness.", "words")
    await step(
        row, PledgeState.CONSENTED, consented_at=now, consented_by_name=actor.name, consent_words=words
    )
    await told(actor, row, "bank_pledge.consented", now=now, reason=words)


@db.unit_of_work
async def withdraw(actor: Actor, *, id: UUID, reason: str, now: datetime) -> None:
    """Takes the request back, as long as the lender has not confirmed it. Taken back twice is taken back."""
    actor.require(Capability.BANK_PLEDGE)
    row = await locked(actor, id)
    if row.state is PledgeState.WITHDRAWN:
        return
    check_state(row, PledgeState.REQUESTED, PledgeState.CONSENTED)
    await step(row, PledgeState.WITHDRAWN, ended_at=now, ended_by_name=actor.name, ended_reason=reason)
    await told(actor, row, "bank_pledge.withdrawn", now=now, reason=reason)


async def locked(actor: Actor, id: UUID) -> PledgeRow:
    """A pledge, locked after its receipt and its lot. Missing: not the actor's to see."""
    before = await pledge_queries.pledge(actor, id)
    await receipts.locked_unscoped(before.receipt_id)
    await db.lock(TABLE, [id])
    return await pledge_queries.pledge(actor, id)


def check_state(row: PledgeRow, *states: PledgeState) -> None:
    """Conflict: it is in none of these states."""
    if row.state not in states:
        raise Conflict(
            "Somebody else changed this in the meantime. Look at it again, then repeat your change."
        )


async def step(row: PledgeRow, state: PledgeState, **columns: object) -> None:
    """Brings a (locked) pledge on."""
    names = ", ".join(f"{name} = :{name}" for name in columns)
    await db.execute(
        f"UPDATE bank_pledge SET state = :state, version = version + 1{', ' + names if names else ''} WHERE id = :id",
        id=row.id,
        state=state,
        **columns,
    )


async def told(actor: Actor, row: PledgeRow, verb: str, *, now: datetime, **facts: object) -> None:
    """Leaves what was done with a pledge in the trail."""
    await trail.record(
        actor, verb, subject="bank_receipt", subject_id=row.receipt_id, township_id=row.township_id, now=now,
        facts={"lender": row.lender_id, **{name: value for name, value in facts.items() if value is not None}},
    )  # fmt: skip
