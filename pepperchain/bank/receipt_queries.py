"""Reading receipts: one of them, the lists of them, what happened to them, and what a deposit must know."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.bank.models import Receipt
from pepperchain.bank.rules import SHORT_CODE_LENGTH, EventKind, State
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.core.units import Fen, Grams
from pepperchain.core.words import N_
from pepperchain.directory.models import Household
from pepperchain.storage.rules import is_code
from pepperchain.web.paging import LIMIT, Slice, cut, decode

EVENTS_MAX = 200
_LAST_CODE = "z" * 26
"""No code sorts behind it."""
LIKE_MAX = 100


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt with the names of whose it is, where it lies and under which scheme."""

    id: int
    number: str
    code: str
    site_id: int
    site: str
    site_address: str | None
    operator_id: int
    operator: str
    township_id: int
    cooperative_id: int
    cooperative: str
    household_id: int
    head: str | None
    phone: str | None
    village: str
    village_en: str
    group_number: int | None
    product_id: int
    form: str
    grade: str
    cultivar: str
    season: int
    lot_id: int
    weighin_id: UUID | None
    scheme_version_id: int
    scheme_zh: str
    scheme_en: str
    scheme_number: int
    origin: str
    parent_id: int | None
    state: State
    deposited_on: date
    issued_at: int
    issued_by_name: str
    grams: Grams
    free_grams: Grams
    ordered_grams: Grams
    pledged_grams: Grams
    floor_fen_per_kg: Fen | None
    is_consortium: bool
    is_public_benefit: bool
    bags: int | None
    packing: str | None
    marks: str | None
    quality: str | None
    insured_fen: Fen | None
    insurer: str | None
    due_on: date | None
    custody_hold_id: UUID | None
    loss_left_grams: Grams
    printed: int
    version: int

    @property
    def left_grams(self) -> Grams:
        """What is still in store for it."""
        return self.free_grams + self.ordered_grams + self.pledged_grams

    def scheme(self, language: str) -> str:
        """What its scheme is called."""
        return self.scheme_en if language == "en" else self.scheme_zh


_RECEIPT = """
SELECT b.id, b.number, b.code, b.site_id, s.name, s.address, b.operator_id, k.short_name, b.township_id, b.cooperative_id, o.short_name,
    b.household_id, p.name, p.phone, a.name, a.name_en, h.group_number, b.product_id, d.form, d.grade, d.cultivar, d.season, b.lot_id,
    b.weighin_id, b.scheme_version_id, c.name_zh, c.name_en, v.number, b.origin, b.parent_id, b.state, b.deposited_on, b.issued_at,
    b.issued_by_name, b.grams, b.free_grams, b.ordered_grams, b.pledged_grams, b.floor_fen_per_kg, b.is_consortium,
    b.is_public_benefit, b.bags, b.packing, b.marks, b.quality, b.insured_fen, b.insurer, b.due_on, b.custody_hold_id,
    b.loss_left_grams, b.printed,
    b.version
FROM bank_receipt b
JOIN directory_site s ON s.id = b.site_id
JOIN directory_organization k ON k.id = b.operator_id
JOIN directory_organization o ON o.id = b.cooperative_id
JOIN directory_household h ON h.id = b.household_id
LEFT JOIN directory_person p ON p.id = h.head_id
JOIN directory_area a ON a.id = h.village_id
JOIN harvest_product d ON d.id = b.product_id
JOIN bank_scheme_version v ON v.id = b.scheme_version_id
JOIN bank_scheme c ON c.id = v.scheme_id
"""


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(str(value))


def _fen(value: int | None) -> Fen | None:
    return None if value is None else Fen(value)


def _receipt(*row: Any) -> ReceiptRow:
    names = ReceiptRow.__dataclass_fields__
    said = dict(zip(names, row, strict=True))
    for name in ("weighin_id", "custody_hold_id"):
        said[name] = None if said[name] is None else UUID(str(said[name]))
    for name in ("deposited_on", "due_on"):
        said[name] = _day(said[name])
    for name in ("grams", "free_grams", "ordered_grams", "pledged_grams", "loss_left_grams"):
        said[name] = Grams(said[name])
    for name in ("floor_fen_per_kg", "insured_fen"):
        said[name] = _fen(said[name])
    for name in ("is_consortium", "is_public_benefit"):
        said[name] = bool(said[name])
    said["state"] = State(said["state"])
    return ReceiptRow(**said)


async def receipt(actor: Actor, id: int) -> ReceiptRow:
    """One receipt. Missing: there is none, or it is not the actor's to see."""
    return await _one(Clause("b.id = :id", {"id": id}) & Receipt.visible_to(actor))


async def receipt_if_seen(actor: Actor, id: int) -> ReceiptRow | None:
    """The same; None where the actor does not see it, as a lender who has let it go."""
    try:
        return await receipt(actor, id)
    except Missing:
        return None


async def receipt_by_number(actor: Actor, number: str) -> ReceiptRow:
    """One receipt by its number, as people write it. Missing: there is none, or it is not the actor's to see."""
    return await _one(
        Clause("b.number = :number", {"number": number.strip().upper()}) & Receipt.visible_to(actor)
    )


async def public_receipt(code: str) -> ReceiptRow:
    """A receipt by its public code or the beginning that messages carry, for whoever holds it. Missing: none, or two begin so."""
    if is_code(code):
        return await _one(Clause("b.code = :code", {"code": code}))
    if len(code) != SHORT_CODE_LENGTH or not is_code(code + _LAST_CODE[SHORT_CODE_LENGTH:]):
        raise Missing()
    ids = await db.tuples(
        f"SELECT id FROM bank_receipt WHERE code BETWEEN :begin AND :last AND substr(code, 1, {SHORT_CODE_LENGTH}) = :begin LIMIT 2",
        begin=code,
        last=code + _LAST_CODE[SHORT_CODE_LENGTH:],
    )
    if len(ids) != 1:
        raise Missing()
    return await _one(Clause("b.id = :id", {"id": int(ids[0][0])}))


async def receipt_unscoped(id: int) -> ReceiptRow:
    """A receipt of something that was looked up within its actor's scope."""
    return await _one(Clause("b.id = :id", {"id": id}) & EVERYTHING)


async def _one(which: Clause) -> ReceiptRow:
    found = await db.fetch_one(_receipt, f"{_RECEIPT} WHERE {which.sql}", **which.params)
    if found is None:
        raise Missing()
    return found


@dataclass(frozen=True, slots=True)
class ReceiptsWanted:
    """What a list of receipts is narrowed to; only those still standing unless `ended` is asked for."""

    household_id: int | None = None
    site_id: int | None = None
    ended: bool = False


async def receipts(
    actor: Actor, wanted: ReceiptsWanted, *, cursor: str | None = None, limit: int = LIMIT
) -> Slice[ReceiptRow]:
    """Receipts, the newest first."""
    which = Receipt.visible_to(actor)
    if not wanted.ended:
        which &= Clause("b.state IN ('open', 'lost')")
    for column in ("household_id", "site_id"):
        value = getattr(wanted, column)
        if value is not None:
            which &= Clause(f"b.{column} = :wanted_{column}", {f"wanted_{column}": value})
    after = decode(cursor, int)
    if after is not None:
        which &= Clause("b.id < :before", {"before": after[0]})
    rows = await db.fetch(
        _receipt,
        f"{_RECEIPT} WHERE {which.sql} ORDER BY b.id DESC LIMIT :limit",
        limit=limit + 1,
        **which.params,
    )
    return cut(rows, limit, lambda row: (row.id,))


async def is_asked_for(id: int) -> bool:
    """Whether a loan is asked for on a receipt, or runs."""
    return (
        await db.scalar(
            "SELECT 1 FROM bank_pledge WHERE receipt_id = :id AND ended_at IS NULL LIMIT 1",
            id=id,
        )
        is not None
    )


async def like(actor: Actor, receipt: ReceiptRow) -> list[ReceiptRow]:
    """The other receipts that could become one with this one: of the same lot and promise, nothing of them sold or pledged."""
    which = Receipt.visible_to(actor)
    return await db.fetch(
        _receipt,
        f"{_RECEIPT} JOIN bank_receipt t ON t.id = :id WHERE {which.sql} AND b.lot_id = t.lot_id AND b.household_id = t.household_id"
        " AND b.site_id = t.site_id AND b.operator_id = t.operator_id AND b.scheme_version_id = t.scheme_version_id"
        " AND b.deposited_on = t.deposited_on AND COALESCE(b.floor_fen_per_kg, 0) = COALESCE(t.floor_fen_per_kg, 0)"
        " AND b.is_consortium = t.is_consortium AND b.is_public_benefit = t.is_public_benefit"
        " AND (b.insured_fen IS NULL) = (t.insured_fen IS NULL) AND b.state = 'open' AND t.state = 'open' AND b.id <> t.id"
        " AND b.ordered_grams + b.pledged_grams + t.ordered_grams + t.pledged_grams = 0"
        " AND NOT EXISTS (SELECT 1 FROM bank_pledge g WHERE g.receipt_id IN (b.id, t.id) AND g.ended_at IS NULL)"
        f" ORDER BY b.id LIMIT {LIKE_MAX}",
        id=receipt.id,
        **which.params,
    )


@dataclass(frozen=True, slots=True)
class EventRow:
    """A line of a receipt's history."""

    id: str
    receipt_id: int
    kind: EventKind
    grams: Grams
    happened_on: date
    at: int
    other_receipt_id: int | None
    other_number: str | None
    transaction_id: str | None
    reason: str | None
    inputs: Mapping[str, Grams] | None
    """What a loss was reckoned from: `lost` of `book` in the lot, the receipt's `claim`, its `share`, and what it `tolerated`; or how much
    came `back` of one."""
    user_name: str

    @property
    def is_loss(self) -> bool:
        """Whether it is natural loss, or such loss taken back: whoever lends on the receipt sees it too."""
        return self.inputs is not None

    @property
    def label(self) -> str:
        """What it is called: a message id."""
        if self.kind is EventKind.MERGED and (self.other_receipt_id or 0) < self.receipt_id:
            return N_("Taken in from")
        if self.kind is EventKind.REVERSED and self.is_loss:
            return N_("Natural loss taken back")
        return self.kind.label


def _inputs(kept: Any) -> Mapping[str, Grams] | None:
    if kept is None:
        return None
    said = json.loads(kept) if isinstance(kept, str) else kept
    return {name: Grams(value) for name, value in said.items()}


async def events(receipt_id: int) -> list[EventRow]:
    """What happened to a receipt (that was looked up within its actor's scope), oldest first."""
    return await db.fetch(
        lambda id, kind, grams, day, at, other, number, transaction, reason, inputs, by: EventRow(
            str(id),
            receipt_id,
            EventKind(kind),
            Grams(grams),
            date.fromisoformat(str(day)),
            at,
            other,
            number,
            None if transaction is None else str(transaction),
            reason,
            _inputs(inputs),
            by,
        ),
        "SELECT e.id, e.kind, e.grams, e.happened_on, e.at, e.other_receipt_id, n.number, e.transaction_id, e.reason, e.inputs, e.user_name"
        " FROM bank_event e LEFT JOIN bank_receipt n ON n.id = e.other_receipt_id"
        " WHERE e.receipt_id = :id ORDER BY e.at, CASE e.kind WHEN 'issued' THEN 0 ELSE 1 END, e.id LIMIT :limit",
        id=receipt_id,
        limit=EVENTS_MAX,
    )


@dataclass(frozen=True, slots=True)
class Depositor:
    """A household as a deposit needs it."""

    id: int
    cooperative_id: int | None
    head: str | None


async def depositor(actor: Actor, household_id: int) -> Depositor:
    """A household that may deposit. Missing: none, or (for cooperatives) not theirs to see.

    Whoever keeps a store sees no households; for them it is one whose cooperative's pepper lies in their rooms.
    """
    seen = Household.visible_to(actor, "h")
    kept = (
        Clause(
            "EXISTS (SELECT 1 FROM storage_lot l WHERE l.cooperative_id = h.cooperative_id AND l.operator_id = :keeper AND l.is_open)",
            {"keeper": actor.organization_id},
        )
        if actor.organization_id is not None
        else Clause("1 = 0")
    )
    found = await db.fetch_one(
        Depositor,
        "SELECT h.id, h.cooperative_id, p.name FROM directory_household h LEFT JOIN directory_person p ON p.id = h.head_id"
        f" WHERE h.id = :id AND h.ended_on IS NULL AND h.merged_into_id IS NULL AND (({seen.sql}) OR {kept.sql})",
        id=household_id,
        **seen.params,
        **kept.params,
    )
    if found is None:
        raise Missing()
    return found


async def slip_left(weighin_id: UUID, *, lot_id: int, household_id: int) -> Grams | None:
    """What of a household's slip in a lot is not deposited yet; None if the slip is not theirs or its pepper lies elsewhere."""
    row = await db.tuples(
        "SELECT w.net_grams, (SELECT COALESCE(SUM(b.grams), 0) FROM bank_receipt b WHERE b.weighin_id = w.id AND b.origin = 'deposit'"
        " AND b.state <> 'void') FROM harvest_weighin w"
        " WHERE w.id = :id AND w.household_id = :household_id AND w.voided_at IS NULL"
        " AND EXISTS (SELECT 1 FROM storage_lot_slip s WHERE s.weighin_id = w.id AND s.lot_id = :lot_id)",
        id=weighin_id,
        lot_id=lot_id,
        household_id=household_id,
    )
    return Grams(int(row[0][0]) - int(row[0][1])) if row else None


async def is_consortium_member(organization_id: int, *, on: date) -> bool:
    """Whether a cooperative belongs to a consortium on a day."""
    return (
        await db.scalar(
            "SELECT 1 FROM directory_organization_relation WHERE from_id = :id AND kind = 'consortium_member'"
            " AND started_on <= :on AND (ended_on IS NULL OR ended_on > :on) LIMIT 1",
            id=organization_id,
            on=on,
        )
        is not None
    )


async def is_public_benefit(room_id: int) -> bool:
    """Whether a room is a public-benefit one, where storage costs less."""
    return bool(
        await db.scalar("SELECT purpose = 'public_benefit' FROM storage_room WHERE id = :id", id=room_id)
    )


async def township_of(receipt_id: int) -> int:
    """Where a receipt's pepper lies."""
    found: int = await db.scalar("SELECT township_id FROM bank_receipt WHERE id = :id", id=receipt_id)
    return found
