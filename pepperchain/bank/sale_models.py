"""Orders to sell, sales, settlements and payments; who sees which."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.bank.scope_rules import EVERYWHERE, KEEPERS
from pepperchain.core.fields import FenField, GramsField, Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause


def _of_receipts(actor: Actor, alias: str) -> Clause:
    """All for the committee; the cooperative's and the keeper's own; each grower theirs."""
    if actor.role in EVERYWHERE:
        return EVERYTHING
    if actor.role in KEEPERS and actor.organization_id is not None:
        return Clause(
            f"({alias}.cooperative_id = :scope_org OR {alias}.operator_id = :scope_org)",
            {"scope_org": actor.organization_id},
        )
    if actor.role is Role.GROWER and actor.household_id is not None:
        return Clause(f"{alias}.household_id = :scope_household", {"scope_household": actor.household_id})
    return NOTHING


def _of_operator(actor: Actor, alias: str) -> Clause:
    """All for the committee; for keepers those of the own organization."""
    if actor.role in EVERYWHERE:
        return EVERYTHING
    if actor.role in KEEPERS and actor.organization_id is not None:
        return Clause(f"{alias}.operator_id = :scope_org", {"scope_org": actor.organization_id})
    return NOTHING


class Order(Model):
    """What a depositor wants sold of a receipt: now, or when a price is reached."""

    id = fields.UUIDField(primary_key=True)
    receipt_id = fields.BigIntField()
    household_id = fields.BigIntField()
    cooperative_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    site_id = fields.BigIntField()
    township_id = fields.BigIntField()
    product_id = fields.BigIntField()
    kind = fields.CharField(max_length=10)
    limit_fen_per_kg = FenField(null=True)
    grams = GramsField()
    filled_grams = GramsField(default=0)
    cancelled_grams = GramsField(default=0)
    expires_on = fields.DateField(null=True)
    ordered_by = fields.CharField(max_length=10)
    words = fields.CharField(max_length=200, null=True)
    pledge_id = fields.UUIDField(null=True)
    state = fields.CharField(max_length=10)
    placed_at = Instant()
    placed_by = fields.BigIntField(null=True)
    placed_by_name = fields.CharField(max_length=80)
    ended_at = Instant(null=True)
    content_hash = fields.CharField(max_length=32)
    reached_on = fields.DateField(null=True)
    reached_fen_per_kg = FenField(null=True)

    class Meta:
        table = "bank_order"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "x") -> Clause:
        return _of_receipts(actor, alias)


class Sale(Model):
    """Pepper of depositors that was sold together, at one price, to one buyer."""

    id = fields.UUIDField(primary_key=True)
    site_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    township_id = fields.BigIntField()
    product_id = fields.BigIntField()
    grams = GramsField()
    price_fen_per_kg = FenField()
    costs_fen = FenField()
    sold_on = fields.DateField()
    buyer = fields.CharField(max_length=80)
    sold_at = Instant()
    sold_by = fields.BigIntField(null=True)
    sold_by_name = fields.CharField(max_length=80)
    reversed_at = Instant(null=True)
    reversed_reason = fields.CharField(max_length=200, null=True)
    content_hash = fields.CharField(max_length=32)

    class Meta:
        table = "bank_sale"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "s") -> Clause:
        return _of_operator(actor, alias)


class Payment(Model):
    """Settlements that are paid together: a list for the bank, then paid by a second person's word."""

    id = fields.UUIDField(primary_key=True)
    operator_id = fields.BigIntField()
    site_id = fields.BigIntField()
    township_id = fields.BigIntField()
    settlements = fields.IntField()
    fen = FenField()
    state = fields.CharField(max_length=10)
    made_at = Instant()
    made_by = fields.BigIntField(null=True)
    made_by_name = fields.CharField(max_length=80)
    paid_at = Instant(null=True)
    paid_by = fields.BigIntField(null=True)
    paid_by_name = fields.CharField(max_length=80, null=True)

    class Meta:
        table = "bank_payment"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "y") -> Clause:
        return _of_operator(actor, alias)


class SettlementRecord(Model):
    """What a depositor gets of a sale, line by line."""

    id = fields.BigIntField(primary_key=True)
    sale_id = fields.UUIDField()
    order_id = fields.UUIDField()
    receipt_id = fields.BigIntField()
    household_id = fields.BigIntField()
    cooperative_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    site_id = fields.BigIntField()
    township_id = fields.BigIntField()
    grams = GramsField()
    sale_fen = FenField()
    floor_fen = FenField()
    top_up_fen = FenField()
    fee_fen = FenField()
    costs_fen = FenField()
    operator_fen = FenField()
    grower_fen = FenField()
    set_off_fen = FenField()
    lender_fen = FenField(default=0)
    lender_id = fields.BigIntField(null=True)
    lines: list[dict[str, object]] = fields.JSONField()
    settled_at = Instant()
    state = fields.CharField(max_length=10)
    payment_id = fields.UUIDField(null=True)

    class Meta:
        table = "bank_settlement"
        unique_together = (("sale_id", "order_id"),)

    @staticmethod
    def visible_to(actor: Actor, alias: str = "t") -> Clause:
        return _of_receipts(actor, alias)


class Result(Model):
    """What a version of a scheme came to in a season at an operator's: the sums of its settlements that stand."""

    id = fields.BigIntField(primary_key=True)
    operator_id = fields.BigIntField()
    scheme_version_id = fields.BigIntField()
    season = fields.IntField()
    settlements = fields.BigIntField()
    grams = GramsField()
    sale_fen = FenField()
    floor_fen = FenField()
    grower_fen = FenField()
    operator_fen = FenField()
    fee_fen = FenField()
    costs_fen = FenField()
    top_up_fen = FenField()

    class Meta:
        table = "bank_result"
        unique_together = (("operator_id", "scheme_version_id", "season"),)

    @staticmethod
    def visible_to(actor: Actor, alias: str = "r") -> Clause:
        return _of_operator(actor, alias)
