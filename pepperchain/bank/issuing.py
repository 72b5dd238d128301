"""Writing a receipt: its gapless number, its public code and everything that it freezes. A building block of the verbs."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.bank import claims, months_rules
from pepperchain.bank.rules import EventKind, Origin, State, receipt_number
from pepperchain.bank.scheme_queries import VersionRow
from pepperchain.core import db
from pepperchain.core.errors import Conflict
from pepperchain.core.units import Fen, Grams
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.rules import new_code


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReceipt:
    """What a receipt is issued for."""

    lot: LotRow
    household_id: int
    grams: Grams
    version: VersionRow
    deposited_on: date
    floor: Fen | None
    is_consortium: bool
    is_public_benefit: bool
    origin: Origin
    parent_id: int | None
    bags: int | None = None
    packing: str | None = None
    marks: str | None = None
    quality: str | None = None
    insured: Fen | None = None
    weighin_id: UUID | None = None
    loss_left: Grams = Grams(0)
    """How much natural loss it may still bear."""


async def made(id: UUID, content: str) -> int | None:
    """The receipt that this very act made before. Conflict: the id stood for another act."""
    rows = await db.tuples("SELECT id, content_hash FROM bank_receipt WHERE request_id = :id", id=id)
    if rows and rows[0][1] != content:
        raise Conflict("This was sent before with other contents.")
    return int(rows[0][0]) if rows else None


async def issue(actor: Actor, id: UUID, new: NewReceipt, *, content: str, now: datetime) -> int:
    """A new receipt, still without grams, and the first line of its history; its id."""
    issued = await _count(new.lot.site_id)
    prefix: str = await db.scalar("SELECT slip_prefix FROM directory_site WHERE id = :id", id=new.lot.site_id)
    terms, lot = new.version.terms, new.lot
    receipt_id = await db.insert_id(
        "bank_receipt",
        request_id=id,
        content_hash=content,
        number=receipt_number(prefix, issued, new.deposited_on),
        code=new_code(),
        site_id=lot.site_id,
        operator_id=lot.operator_id,
        township_id=lot.township_id,
        cooperative_id=lot.cooperative_id,
        household_id=new.household_id,
        product_id=lot.product_id,
        lot_id=lot.id,
        weighin_id=new.weighin_id,
        scheme_version_id=new.version.id,
        origin=new.origin,
        parent_id=new.parent_id,
        state=State.OPEN,
        deposited_on=new.deposited_on,
        issued_at=now,
        issued_by=actor.user_id,
        issued_by_name=actor.name,
        grams=new.grams,
        floor_fen_per_kg=new.floor,
        is_consortium=new.is_consortium,
        is_public_benefit=new.is_public_benefit,
        bags=new.bags,
        packing=new.packing,
        marks=new.marks,
        quality=new.quality,
        insured_fen=new.insured,
        insurer=terms.insurer,
        loss_left_grams=new.loss_left,
        due_on=None
        if terms.maximum_days is None
        else months_rules.after(new.deposited_on, terms.maximum_days),
    )
    await claims.note(
        actor, receipt_id, EventKind.ISSUED, new.grams, township_id=lot.township_id, now=now, transaction_id=id,
        happened_on=new.deposited_on, other_receipt_id=new.parent_id,
    )  # fmt: skip
    return receipt_id


async def hand_on(receipt_id: int, loss: Grams) -> None:
    """So much of the loss that a (locked) receipt may still bear is another's from now on."""
    await db.execute(
        "UPDATE bank_receipt SET loss_left_grams = loss_left_grams - :loss WHERE id = :id",
        loss=loss,
        id=receipt_id,
    )


async def _count(site_id: int) -> int:
    """How many receipts the site has issued, this one counted: its row is locked, so that no number is left out or given twice."""
    counted: int = await db.scalar(
        "INSERT INTO bank_counter (site_id, issued) VALUES (:site_id, 1)"
        " ON CONFLICT (site_id) DO UPDATE SET issued = bank_counter.issued + 1 RETURNING issued",
        site_id=site_id,
    )
    return counted
