"""Taking pepper into the bank: a part of a lot becomes a household's receipt, one by one or a whole list at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.bank import claims, issuing, price_queries, receipt_queries, scheme_queries, schemes
from pepperchain.bank.account_rules import Claim
from pepperchain.bank.issuing import NewReceipt
from pepperchain.bank.rules import Origin, bounds
from pepperchain.bank.scheme_queries import VersionRow
from pepperchain.bank.terms_rules import FloorRule, tolerated
from pepperchain.core import clock, db, registry
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.registry import Entered
from pepperchain.core.units import Fen, Grams, value_of
from pepperchain.harvest.rules import words
from pepperchain.ledger.rules import Leg
from pepperchain.settings import section
from pepperchain.storage import lot_queries, stock
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.rules import content_hash
from pepperchain.web.i18n import reader

TABLE = "bank_receipt"


@dataclass(frozen=True, slots=True)
class Share:
    """One depositor's part of what is deposited: whose, how much, in how many bags, weighed in by which slip."""

    household_id: int
    grams: Grams
    bags: int | None = None
    weighin_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Goods:
    """What the receipt says of the goods besides their product and weight (Civil Code art. 909)."""

    packing: str | None = None
    marks: str | None = None
    quality: str | None = None
    insured: Fen | None = None


NOTHING_SAID = Goods()


@db.unit_of_work
async def take(
    actor: Actor,
    *,
    id: UUID,
    lot_id: int,
    share: Share,
    now: datetime,
    scheme_version_id: int | None = None,
    deposited_on: date | None = None,
    goods: Goods = NOTHING_SAID,
) -> Entered:
    """A receipt for a part of a lot, under the scheme's terms and the floor of its day.

    Refused: more than the lot has free or the slip weighed, a form that the scheme does not take, a blocked lot, a day without a price
    or with closed books, a household that is no member of the lot's cooperative. Conflict: the id stood for another deposit.
    Missing: a lot, household or scheme that is not the actor's to see.
    """
    actor.require(Capability.BANK_DEPOSIT)
    (entered,) = await _take(
        actor, [(id, share)], lot_id=lot_id, scheme_version_id=scheme_version_id, deposited_on=deposited_on, goods=goods, now=now
    )  # fmt: skip
    if not entered.repeated:
        await trail.record(
            actor, "bank_receipt.issued", subject="bank_receipt", subject_id=entered.id,
            township_id=await receipt_queries.township_of(entered.id), now=now,
            facts={"lot": lot_id, "grams": share.grams, "household": share.household_id},
        )  # fmt: skip
    return entered


@db.unit_of_work
async def take_list(
    actor: Actor,
    *,
    id: UUID,
    lot_id: int,
    shares: Sequence[Share],
    now: datetime,
    scheme_version_id: int | None = None,
    deposited_on: date | None = None,
    goods: Goods = NOTHING_SAID,
) -> list[Entered]:
    """Receipts for many depositors out of one lot, all or none. Refused like one deposit; the field says which line it is."""
    actor.require(Capability.BANK_DEPOSIT)
    if not 0 < len(shares) <= bounds().list_rows_max:
        raise Refused("Write between one and %(most)s depositors.", "shares", most=bounds().list_rows_max)
    if len({share.household_id for share in shares if share.weighin_id is None}) < sum(
        share.weighin_id is None for share in shares
    ):
        raise Refused("A household stands in the list twice. Add its weights up.", "shares")
    keyed = [(uuid5(id, f"{share.household_id}/{share.weighin_id}"), share) for share in shares]
    entered = await _take(
        actor, keyed, lot_id=lot_id, scheme_version_id=scheme_version_id, deposited_on=deposited_on, goods=goods, now=now
    )  # fmt: skip
    if not all(each.repeated for each in entered):
        await trail.record(
            actor, "bank_receipt.list_issued", subject="lot", subject_id=lot_id, now=now,
            facts={"receipts": len(entered), "grams": Grams(sum(share.grams for share in shares)), "deposit": id},
        )  # fmt: skip
    return entered


async def _take(
    actor: Actor,
    shares: Sequence[tuple[UUID, Share]],
    *,
    lot_id: int,
    scheme_version_id: int | None,
    deposited_on: date | None,
    goods: Goods,
    now: datetime,
) -> list[Entered]:
    await schemes.ship(now=now)
    day = deposited_on or clock.local_day(now)
    contents = [
        content_hash("deposit", lot_id, share, scheme_version_id, deposited_on, goods) for _, share in shares
    ]
    await lot_queries.lot(actor, lot_id)
    await stock.lock_lots([lot_id])
    made = [await _made(id, content) for (id, _), content in zip(shares, contents, strict=True)]
    if all(each is not None for each in made):
        return [Entered(each, True) for each in made if each is not None]
    if any(each is not None for each in made):
        raise Conflict("This was sent before with other contents.")
    lot = await lot_queries.lot(actor, lot_id)
    version = await _version(actor, lot, scheme_version_id, day)
    await _check(lot, version, day, now=now)
    first = NewReceipt(
        lot=lot,
        household_id=0,
        grams=Grams(0),
        version=version,
        deposited_on=day,
        floor=await floor_price(version, lot, day),
        is_consortium=await receipt_queries.is_consortium_member(lot.cooperative_id, on=day),
        is_public_benefit=await receipt_queries.is_public_benefit(lot.room_id),
        packing=goods.packing,
        marks=goods.marks,
        quality=goods.quality,
        insured=goods.insured,
        origin=Origin.DEPOSIT,
        parent_id=None,
    )
    found = []
    for (id, share), content in zip(shares, contents, strict=True):
        await _check_share(actor, lot, share)
        receipt = replace(
            first,
            household_id=share.household_id,
            grams=share.grams,
            bags=share.bags,
            weighin_id=share.weighin_id,
            loss_left=Grams(tolerated(version.terms, int(share.grams))),
            insured=goods.insured or _insured(version, share.grams, first.floor),
        )
        found.append(await _issue(actor, id, receipt, content=content, now=now))
    return found


async def _made(id: UUID, content: str) -> int | None:
    row = await db.tuples("SELECT id, content_hash FROM bank_receipt WHERE request_id = :id", id=id)
    if row and row[0][1] != content:
        raise Conflict("This was sent before with other contents.")
    return int(row[0][0]) if row else await registry.made(TABLE, id)


async def _version(actor: Actor, lot: LotRow, id: int | None, day: date) -> VersionRow:
    """The terms to deposit under: those named, or the ones that ship."""
    standing = await scheme_queries.standing(actor, operator_id=lot.operator_id, on=day)
    if id is None:
        named = [each for each in standing if each.scheme_code == section("bank")["default_scheme"]]
    else:
        named = [each for each in standing if each.id == id]
    if not named:
        raise Refused("These terms are not in force on that day. Choose others.", "scheme_version_id")
    return named[0]


async def _check(lot: LotRow, version: VersionRow, day: date, *, now: datetime) -> None:
    today = clock.local_day(now)
    stock.check_not_on_the_road(lot)
    await stock.check_not_blocked(lot)
    if lot.form not in version.terms.forms:
        said = words(reader().language)
        raise Refused(
            "This scheme takes %(forms)s only.", "lot_id", forms="、".join(said.form(form) for form in version.terms.forms)
        )  # fmt: skip
    if day > today:
        raise Refused("This day has not come yet.", "deposited_on")
    if day < today - timedelta(days=bounds().backdated_days_max):
        raise Refused(
            "A deposit can be dated back by %(days)s days at most.", "deposited_on", days=bounds().backdated_days_max
        )  # fmt: skip


async def floor_price(version: VersionRow, lot: LotRow, day: date) -> Fen | None:
    """The floor that a deposit of this day gets. Refused: the terms need a day's price, and nobody entered one."""
    terms = version.terms
    if terms.floor is FloorRule.NONE:
        return None
    if terms.floor is FloorRule.FIXED:
        return Fen(terms.floor_fen_per_kg or 0)
    price = await price_queries.standing(form=lot.form, grade=lot.grade, on=day, operator_id=lot.operator_id)
    if price is None:
        raise Refused(
            "Nobody has entered the price of this product for %(day)s. Enter it under Day prices, then deposit.",
            "deposited_on",
            day=day,
        )
    return price.fen_per_kg


def _insured(version: VersionRow, grams: Grams, floor: Fen | None) -> Fen | None:
    """What the goods are insured for if the operator insures them: their worth at the floor."""
    return value_of(grams, floor) if version.terms.insured and floor is not None else None


async def _check_share(actor: Actor, lot: LotRow, share: Share) -> None:
    if share.grams <= 0:
        raise Refused("Write how much, more than zero.", "grams")
    household = await receipt_queries.depositor(actor, share.household_id)
    if household.cooperative_id != lot.cooperative_id:
        raise Refused(
            "%(name)s is no member of %(cooperative)s, to whom this lot belongs.", "household_id",
            name=household.head, cooperative=lot.cooperative,
        )  # fmt: skip
    if share.weighin_id is None:
        return
    left = await receipt_queries.slip_left(share.weighin_id, lot_id=lot.id, household_id=share.household_id)
    if left is None:
        raise Refused("This slip is not this household's, or its pepper is not in this lot.", "weighin_id")
    if share.grams > left:
        raise Refused("Only %(left)s of this slip is not deposited yet.", "grams", left=left)


async def _issue(actor: Actor, id: UUID, receipt: NewReceipt, *, content: str, now: datetime) -> Entered:
    receipt_id = await issuing.issue(actor, id, receipt, content=content, now=now)
    lot = receipt.lot
    commodity_id = await claims.commodity_of(lot.product_id)
    kept = await claims.custody(lot.site_id, commodity_id, township_id=lot.township_id)
    claim = await claims.account(Claim.FREE, receipt_id, commodity_id, township_id=lot.township_id)
    await claims.post(
        actor, id, "bank_deposit", [Leg(debit=kept, credit=claim, amount=receipt.grams)], site_id=lot.site_id,
        township_id=lot.township_id, effective_on=receipt.deposited_on, now=now,
    )  # fmt: skip
    await claims.rehold(actor, receipt_id, lot, None, receipt.grams, event_id=id, now=now, is_new=True)
    await claims.keep(receipt_id)
    return Entered(receipt_id, False)
