"""What becomes of receipts when counting finds less of their lot than they stand for. One of storage's holders (`storage.holders`).

What is not there cannot be held, so receipts let go of it. Whoever keeps the pepper still owes it, and the backing tells that; but natural
loss that terms lay on the depositor leaves the receipts, as far as they tolerate it. Whoever comes first gets what lies there.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.bank import claims, receipt_queries, receipts, scheme_queries
from pepperchain.bank.account_rules import Claim
from pepperchain.bank.receipt_queries import ReceiptRow
from pepperchain.bank.rules import EventKind, State
from pepperchain.bank.sharing_rules import shared
from pepperchain.bank.terms_rules import Bearer
from pepperchain.core import clock, db
from pepperchain.core.units import Grams
from pepperchain.ledger.rules import Leg
from pepperchain.storage.lot_queries import LotRow

_HANDED_ON = (EventKind.MERGED, EventKind.TRANSFERRED, EventKind.REISSUED)


@dataclass(frozen=True, slots=True)
class Holding:
    """What a receipt stands for of a lot, and what of that it holds."""

    receipt_id: int
    hold_id: UUID | None
    left_grams: Grams
    held_grams: Grams


async def yields(lot_ids: Collection[int]) -> Mapping[int, Grams]:
    """How much of each lot receipts hold."""
    found: Counter[int] = Counter()
    for lot_id in lot_ids:
        found[lot_id] = sum(int(each.held_grams) for each in await _holdings(lot_id))
    return {lot_id: Grams(grams) for lot_id, grams in found.items()}


async def give_way(actor: Actor, lot: LotRow, lost: Grams, *, id: UUID, now: datetime) -> None:
    """Receipts let go of a (locked) lot until so much is free, the newest first. What they stand for stays."""
    lacking = lost - await claims.balance(lot.account_id)
    for each in reversed(await _holdings(lot.id)):
        if lacking <= 0:
            return
        if each.held_grams:
            some = min(lacking, each.held_grams)
            lacking -= some
            await claims.rehold(
                actor, each.receipt_id, lot, each.hold_id, each.held_grams - some, event_id=uuid5(id, "way"), now=now
            )  # fmt: skip


async def take_up(actor: Actor, lot: LotRow, *, id: UUID, now: datetime) -> None:
    """Receipts hold again what they stand for, as far as it lies in their (locked) lot, the oldest first."""
    for each in await _holdings(lot.id):
        if each.held_grams < each.left_grams and await claims.balance(lot.account_id) > 0:
            await claims.rehold(
                actor, each.receipt_id, lot, each.hold_id, each.left_grams, event_id=uuid5(id, "up"), now=now
            )


async def lost(actor: Actor, lot: LotRow, natural: Grams, *, id: UUID, reason: str, now: datetime) -> None:
    """Shares natural loss out among all that lay in the lot; receipts whose terms say so are less by their part of it.

    No more than the terms tolerate of what was deposited, and out of what is free: what is to be sold or pledged stays whole. All else
    is the operator's.
    """
    standing = [await receipt_queries.receipt_unscoped(each.receipt_id) for each in await _holdings(lot.id)]
    whole = sum(int(each.left_grams) for each in standing)
    if not natural or not whole:
        return
    await db.lock(receipts.TABLE, sorted(each.id for each in standing))
    others = max(int(lot.on_hand_grams) - whole, 0)
    shares = shared(int(natural), [others, *(int(each.left_grams) for each in standing)])[1:]
    borne: dict[int, list[tuple[ReceiptRow, Grams]]] = {}
    for receipt, share in zip(standing, shares, strict=True):
        terms = (await scheme_queries.version_unscoped(receipt.scheme_version_id)).terms
        some = min(Grams(share), receipt.loss_left_grams, receipt.free_grams)
        if terms.loss_borne_by is Bearer.DEPOSITOR and some:
            borne.setdefault(receipt.site_id, []).append((receipt, some))
            inputs = {
                "lost": int(natural), "book": int(lot.on_hand_grams), "claim": int(receipt.left_grams), "share": share,
                "tolerated": int(receipt.loss_left_grams),
            }  # fmt: skip
            await _bear(actor, _posting(id, receipt.site_id), receipt, some, inputs, reason, now=now)
    for site_id, bearers in borne.items():
        await _post(actor, _posting(id, site_id), bearers, "bank_loss", reason, now=now)
        for receipt, some in bearers:
            hold_id = await _hold_of(receipt.id)
            await claims.rehold(
                actor,
                receipt.id,
                lot,
                hold_id,
                receipt.left_grams - some,
                event_id=uuid5(id, "lost"),
                now=now,
            )
            await claims.keep(receipt.id)
    await take_up(actor, lot, id=id, now=now)


async def found(actor: Actor, lot: LotRow, *, id: UUID, now: datetime) -> None:
    """More is there again: receipts that let go hold of it."""
    await take_up(actor, lot, id=id, now=now)


async def taken_back(actor: Actor, lot: LotRow, *, of: UUID, id: UUID, reason: str, now: datetime) -> None:
    """What depositors bore of a count that is taken back is theirs again, or whoever's who stands for them now."""
    bearers: dict[int, list[tuple[ReceiptRow, Grams]]] = {}
    for receipt_id, grams in await _borne(lot.id, of):
        heir = await _heir(receipt_id)
        bearers.setdefault(heir.site_id, []).append((heir, grams))
    for site_id, back in bearers.items():
        posting = uuid5(id, f"natural loss {site_id}")
        await db.lock(receipts.TABLE, sorted({receipt.id for receipt, _ in back}))
        for receipt, grams in back:
            # An heir was issued for what was left: it stands for more than that now.
            await db.execute(
                "UPDATE bank_receipt SET loss_left_grams = loss_left_grams + :some, grams = CASE WHEN grams < free_grams + ordered_grams"
                " + pledged_grams + :some THEN free_grams + ordered_grams + pledged_grams + :some ELSE grams END WHERE id = :id",
                some=grams,
                id=receipt.id,
            )
        await _post(actor, posting, back, "bank_loss_back", reason, is_back=True, now=now)
        for at, (receipt, grams) in enumerate(back):
            await claims.keep(receipt.id)
            await claims.note(
                actor, receipt.id, EventKind.REVERSED, grams, id=uuid5(posting, f"back {at}"), transaction_id=posting, reason=reason,
                inputs={"back": int(grams)}, now=now, township_id=receipt.township_id,
            )  # fmt: skip


def _posting(movement_id: UUID, site_id: int) -> UUID:
    """The transaction by which a count's natural loss leaves the receipts in a site's books."""
    return uuid5(movement_id, f"natural loss {site_id}")


async def _bear(
    actor: Actor,
    posting: UUID,
    receipt: ReceiptRow,
    grams: Grams,
    inputs: Mapping[str, int],
    reason: str,
    *,
    now: datetime,
) -> None:
    await db.execute(
        "UPDATE bank_receipt SET loss_left_grams = loss_left_grams - :grams WHERE id = :id",
        grams=grams,
        id=receipt.id,
    )
    await claims.note(
        actor, receipt.id, EventKind.LOSS, grams, transaction_id=posting, reason=reason, inputs=inputs, now=now,
        township_id=receipt.township_id,
    )  # fmt: skip


async def _post(
    actor: Actor,
    id: UUID,
    bearers: Collection[tuple[ReceiptRow, Grams]],
    kind: str,
    reason: str,
    *,
    is_back: bool = False,
    now: datetime,
) -> None:
    """Out of the receipts' claims and of what the site keeps for others, or back into both."""
    legs = []
    for receipt, grams in bearers:
        commodity_id = await claims.commodity_of(receipt.product_id)
        leg = Leg(
            debit=await claims.account(Claim.FREE, receipt.id, commodity_id, township_id=receipt.township_id),
            credit=await claims.custody(receipt.site_id, commodity_id, township_id=receipt.township_id),
            amount=grams,
        )
        legs.append(leg.mirrored() if is_back else leg)
    first = next(iter(bearers))[0]
    await claims.post(
        actor, id, kind, legs, site_id=first.site_id, township_id=first.township_id, effective_on=clock.local_day(now),
        reason=reason, now=now,
    )  # fmt: skip


async def _holdings(lot_id: int) -> list[Holding]:
    """The receipts that stand for a part of a lot, the oldest first."""
    return await db.fetch(
        lambda id, hold_id, left, held: Holding(
            id, None if hold_id is None else UUID(str(hold_id)), Grams(left), Grams(held)
        ),
        "SELECT b.id, b.custody_hold_id, b.free_grams + b.ordered_grams + b.pledged_grams,"
        " CASE WHEN o.outcome IS NULL THEN COALESCE(h.amount, 0) ELSE 0 END FROM bank_receipt b"
        " LEFT JOIN ledger_hold h ON h.id = b.custody_hold_id LEFT JOIN ledger_hold_outcome o ON o.hold_id = h.id"
        " WHERE b.lot_id = :lot_id AND b.state IN ('open', 'lost') ORDER BY b.id",
        lot_id=lot_id,
    )


async def _hold_of(receipt_id: int) -> UUID | None:
    found = await db.scalar("SELECT custody_hold_id FROM bank_receipt WHERE id = :id", id=receipt_id)
    return None if found is None else UUID(str(found))


async def _borne(lot_id: int, movement_id: UUID) -> list[tuple[int, Grams]]:
    """What each receipt bore of a count, by the history that says so."""
    sites = [
        int(site_id)
        for (site_id,) in await db.tuples(
            "SELECT DISTINCT site_id FROM bank_receipt WHERE lot_id = :lot_id", lot_id=lot_id
        )
    ]
    rows = await db.tuples(
        "SELECT e.receipt_id, e.grams FROM bank_receipt b JOIN bank_event e ON e.receipt_id = b.id AND e.kind = 'loss'"
        " WHERE b.lot_id = :lot_id AND e.transaction_id IN :postings ORDER BY e.receipt_id",
        lot_id=lot_id,
        postings=[_posting(movement_id, site_id) for site_id in sites] or [movement_id],
    )
    return [(int(receipt_id), Grams(grams)) for receipt_id, grams in rows]


async def _heir(receipt_id: int) -> ReceiptRow:
    """The receipt itself, or the one that stands for it after it was merged, endorsed or issued anew, as often as that happened."""
    receipt = await receipt_queries.receipt_unscoped(receipt_id)
    while receipt.state is State.REPLACED:
        handed_on = [
            event.other_receipt_id or 0
            for event in await receipt_queries.events(receipt.id)
            if event.kind in _HANDED_ON
        ]
        receipt = await receipt_queries.receipt_unscoped(max(handed_on))
    return receipt
