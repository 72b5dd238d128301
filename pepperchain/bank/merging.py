"""Several receipts of one lot and one promise become one; the old ones stand for nothing from then on."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.bank import claims, issuing, receipt_queries, receipts, scheme_queries
from pepperchain.bank.account_rules import Claim
from pepperchain.bank.issuing import NewReceipt
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.receipts import Held
from pepperchain.bank.rules import EventKind, Origin, State, bounds
from pepperchain.core import clock, db
from pepperchain.core.errors import Refused
from pepperchain.core.registry import Entered
from pepperchain.core.units import Grams, value_of
from pepperchain.core.words import N_
from pepperchain.ledger.rules import Leg
from pepperchain.storage import lot_queries
from pepperchain.storage.rules import content_hash

FIELD = "with_receipts"

_ALIKE = (
    (("household_id",), N_("Receipt %(number)s is somebody else's.")),
    (("site_id", "operator_id"), N_("Receipt %(number)s is kept at another store.")),
    (("lot_id",), N_("Receipt %(number)s stands for another lot. A receipt stands for one lot, so only receipts of one become one.")),
    (("scheme_version_id",), N_("Receipt %(number)s has other terms. What was promised cannot be mixed.")),
    (("deposited_on",), N_("Receipt %(number)s was deposited on another day, from which its storage is counted.")),
    (("floor_fen_per_kg",), N_("Receipt %(number)s has another floor price.")),
    (("is_consortium", "is_public_benefit"), N_("Storage of receipt %(number)s is charged with other discounts.")),
)  # fmt: skip
"""What has to be alike, and what is said where it is not."""


@db.unit_of_work
async def merge(
    actor: Actor, *, id: UUID, receipt_id: int, with_receipts: Sequence[int], now: datetime
) -> Entered:
    """Makes one new receipt of several; sent twice, made once.

    Refused: another household, store, lot, terms, day, floor or discounts; something of one is to be sold, pledged or asked for as a
    pledge; one was reported lost or stands for nothing any more. Missing: one is not the actor's to see.
    """
    actor.require(Capability.BANK_DEPOSIT)
    others = sorted(with_receipts)
    content = content_hash("merge", receipt_id, others)
    _check_list(receipt_id, others)
    first, *rest = await receipts.all_locked(actor, [receipt_id, *others])
    made = await issuing.made(id, content)
    if made is not None:
        return Entered(made, True)
    receipts.check_open(first)
    for other in rest:
        why = _apart(first, other)
        if why is not None:
            raise Refused(why, FIELD, number=other.number)
    for each in (first, *rest):
        await _check_free(each)
    made = await _poured(actor, id, [first, *rest], content=content, now=now)
    await trail.record(
        actor, "bank_receipt.merged", subject="bank_receipt", subject_id=made, township_id=first.township_id, now=now,
        facts={"grams": Grams(sum(each.left_grams for each in (first, *rest))), "receipts": 1 + len(rest)},
    )  # fmt: skip
    return Entered(made, False)


def _check_list(receipt_id: int, others: Sequence[int]) -> None:
    most = bounds().list_rows_max
    if not others:
        raise Refused("Choose at least one other receipt.", FIELD)
    if receipt_id in others:
        raise Refused("A receipt cannot be merged with itself.", FIELD)
    if len(set(others)) != len(others):
        raise Refused("The same receipt is named twice.", FIELD)
    if len(others) > most:
        raise Refused("Choose %(most)s receipts at most.", FIELD, most=most)


def _apart(first: ReceiptRow, other: ReceiptRow) -> str | None:
    """What keeps another receipt from becoming one with the first, as a message id with its %(number)s; None if nothing does."""
    for names, said in _ALIKE:
        if any(getattr(first, name) != getattr(other, name) for name in names):
            return said
    if (first.insured_fen is None) != (other.insured_fen is None):
        return N_("Only one of these is insured, and receipt %(number)s is the other.")
    return None


async def _check_free(receipt: ReceiptRow) -> None:
    if receipt.state is State.LOST:
        raise Refused(
            "Receipt %(number)s was reported lost. Issue it anew first.", FIELD, number=receipt.number
        )
    if receipt.state is not State.OPEN:
        raise Refused("Nothing of receipt %(number)s is in store any more.", FIELD, number=receipt.number)
    if receipt.free_grams != receipt.left_grams:
        raise Refused(
            "Some of receipt %(number)s is to be sold or pledged. Settle that first.", FIELD, number=receipt.number
        )  # fmt: skip
    if await receipt_queries.is_asked_for(receipt.id):
        raise Refused(
            "A loan is being asked for on receipt %(number)s. Wait for the answer, or take the request back first.", FIELD,
            number=receipt.number,
        )  # fmt: skip


async def _poured(actor: Actor, id: UUID, old: Sequence[ReceiptRow], *, content: str, now: datetime) -> int:
    """One receipt for all that is left of several (locked) ones, which end with it; its id."""
    first, whole = old[0], Grams(sum(each.left_grams for each in old))
    lot = await lot_queries.lot_unscoped(first.lot_id)
    floor, township_id = first.floor_fen_per_kg, first.township_id
    has_bags = all(each.bags is not None and each.grams == each.left_grams for each in old)
    new = NewReceipt(
        lot=Held(first, lot).booked, household_id=first.household_id, grams=whole,
        version=await scheme_queries.version_unscoped(first.scheme_version_id), deposited_on=first.deposited_on, floor=floor,
        is_consortium=first.is_consortium, is_public_benefit=first.is_public_benefit, origin=Origin.MERGE, parent_id=first.id,
        packing=_said_of_all([each.packing for each in old], most=40), marks=_said_of_all([each.marks for each in old], most=40),
        quality=_said_of_all([each.quality for each in old], most=200),
        insured=value_of(whole, floor) if first.insured_fen is not None and floor is not None else None,
        bags=sum(each.bags or 0 for each in old) if has_bags else None,
        loss_left=Grams(sum(each.loss_left_grams for each in old)),
    )  # fmt: skip
    made = await issuing.issue(actor, id, new, content=content, now=now)
    commodity_id = await claims.commodity_of(first.product_id)
    into = await claims.account(Claim.FREE, made, commodity_id, township_id=township_id)
    legs = [
        Leg(
            debit=await claims.account(Claim.FREE, each.id, commodity_id, township_id=township_id),
            credit=into,
            amount=each.left_grams,
        )
        for each in old
    ]
    await claims.post(
        actor, id, "bank_merge", legs, site_id=first.site_id, township_id=township_id, effective_on=clock.local_day(now), now=now
    )  # fmt: skip
    for each in old:
        await claims.rehold(actor, each.id, lot, each.custody_hold_id, Grams(0), event_id=id, now=now)
    await claims.rehold(actor, made, lot, None, whole, event_id=id, now=now)
    for each in old:
        await issuing.hand_on(each.id, each.loss_left_grams)
        await claims.keep(each.id, when_empty=State.REPLACED)
        for about, other in ((each.id, made), (made, each.id)):
            await claims.note(
                actor, about, EventKind.MERGED, each.left_grams, id=uuid5(id, f"{about} merged {other}"), transaction_id=id,
                other_receipt_id=other, now=now, township_id=township_id,
            )  # fmt: skip
    await claims.keep(made)
    return made


def _said_of_all(words: list[str | None], *, most: int) -> str | None:
    """What the receipts say of their goods, each thing once; None if nothing was said or it is too long for one receipt."""
    said = "；".join(dict.fromkeys(each for each in words if each))
    return said if said and len(said) <= most else None
