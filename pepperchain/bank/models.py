"""Schemes, prices, receipts and what happened to them; who sees which."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.bank.close_models import Close
from pepperchain.bank.pledge_models import STANDING, Pledge
from pepperchain.bank.sale_models import Order, Payment, Result, Sale, SettlementRecord
from pepperchain.bank.scope_rules import EVERYWHERE, KEEPERS
from pepperchain.core.fields import FenField, GramsField, Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause

SALES = (Order, Sale, SettlementRecord, Payment, Result, Pledge, Close)
"""Tables whose models stand in a file of their own, and belong to this room's."""


class Scheme(Model):
    """A scheme by name; without an operator every operator may use it."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    code = fields.CharField(max_length=30, unique=True)
    name_zh = fields.CharField(max_length=60)
    name_en = fields.CharField(max_length=60)
    operator_id = fields.BigIntField(null=True)
    created_at = Instant()
    created_by = fields.BigIntField(null=True)
    created_by_name = fields.CharField(max_length=80)
    version = fields.IntField(default=1)

    class Meta:
        table = "bank_scheme"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "c") -> Clause:
        """What everybody may use, what the own organization offers, and any that a receipt names which the actor sees."""
        if actor.role in EVERYWHERE:
            return EVERYTHING
        seen = Receipt.visible_to(actor, "scope_b")
        named = Clause(
            f"EXISTS (SELECT 1 FROM bank_receipt scope_b JOIN bank_scheme_version scope_v ON scope_v.id = scope_b.scheme_version_id"
            f" WHERE scope_v.scheme_id = {alias}.id AND {seen.sql})",
            seen.params,
        )
        own = Clause("1 = 0")
        if actor.organization_id is not None:
            own = Clause(f"{alias}.operator_id = :scope_org", {"scope_org": actor.organization_id})
        return Clause(
            f"({alias}.operator_id IS NULL OR {own.sql} OR {named.sql})", {**own.params, **named.params}
        )


class SchemeVersion(Model):
    """Terms as they were drafted, approved by a second person, and published; a published one never changes."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    scheme_id = fields.BigIntField()
    number = fields.IntField()
    terms: dict[str, object] = fields.JSONField()
    note = fields.CharField(max_length=200, null=True)
    state = fields.CharField(max_length=10)
    drafted_at = Instant()
    drafted_by = fields.BigIntField(null=True)
    drafted_by_name = fields.CharField(max_length=80)
    approved_by = fields.BigIntField(null=True)
    approved_by_name = fields.CharField(max_length=80, null=True)
    published_at = Instant(null=True)
    valid_from_on = fields.DateField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "bank_scheme_version"
        unique_together = (("scheme_id", "number"),)

    @staticmethod
    def visible_to(actor: Actor, alias: str = "v", scheme: str = "c") -> Clause:
        """What was published, of schemes that the actor sees; what is not, for those who work on the scheme's terms.

        `scheme` is the name of the joined bank_scheme.
        """
        seen = Scheme.visible_to(actor, scheme)
        if actor.role in EVERYWHERE:
            return seen
        own = NOTHING
        if actor.may(Capability.BANK_SCHEME) and actor.organization_id is not None:
            own = Clause(f"{scheme}.operator_id = :scope_org", {"scope_org": actor.organization_id})
        return seen & Clause(f"({alias}.state = 'published' OR {own.sql})", own.params)


class Price(Model):
    """What a kilogram was worth on a day, as somebody entered it; the last word about a day counts. Prices are no secret."""

    id = fields.UUIDField(primary_key=True)
    operator_id = fields.BigIntField(null=True)
    form = fields.CharField(max_length=20)
    grade = fields.CharField(max_length=30)
    priced_on = fields.DateField()
    fen_per_kg = FenField()
    source = fields.CharField(max_length=80, null=True)
    user_id = fields.BigIntField(null=True)
    user_name = fields.CharField(max_length=80)
    at = Instant()

    class Meta:
        table = "bank_price"


class Counter(Model):
    """How many receipts a site has issued: their numbers have no gaps."""

    site_id = fields.BigIntField(primary_key=True)
    issued = fields.IntField()

    class Meta:
        table = "bank_counter"


class Receipt(Model):
    """A depositor's claim to a part of a lot, under the terms and the floor of its day."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(unique=True)
    content_hash = fields.CharField(max_length=32)
    number = fields.CharField(max_length=24, unique=True)
    code = fields.CharField(max_length=26, unique=True)
    site_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    township_id = fields.BigIntField()
    cooperative_id = fields.BigIntField()
    household_id = fields.BigIntField()
    product_id = fields.BigIntField()
    lot_id = fields.BigIntField()
    weighin_id = fields.UUIDField(null=True)
    scheme_version_id = fields.BigIntField()
    origin = fields.CharField(max_length=10)
    parent_id = fields.BigIntField(null=True)
    state = fields.CharField(max_length=10)
    deposited_on = fields.DateField()
    issued_at = Instant()
    issued_by = fields.BigIntField(null=True)
    issued_by_name = fields.CharField(max_length=80)
    grams = GramsField()
    free_grams = GramsField(default=0)
    ordered_grams = GramsField(default=0)
    pledged_grams = GramsField(default=0)
    floor_fen_per_kg = FenField(null=True)
    is_consortium = fields.BooleanField()
    is_public_benefit = fields.BooleanField()
    bags = fields.IntField(null=True)
    packing = fields.CharField(max_length=40, null=True)
    marks = fields.CharField(max_length=40, null=True)
    quality = fields.CharField(max_length=200, null=True)
    insured_fen = FenField(null=True)
    insurer = fields.CharField(max_length=60, null=True)
    due_on = fields.DateField(null=True)
    custody_hold_id = fields.UUIDField(null=True)
    loss_left_grams = GramsField(default=0)
    printed = fields.IntField(default=0)
    version = fields.IntField(default=1)

    class Meta:
        table = "bank_receipt"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "b") -> Clause:
        """All for the committee; the cooperative's and the keeper's own; each grower theirs; a lender those pledged to it."""
        if actor.role in EVERYWHERE:
            return EVERYTHING
        if actor.role in KEEPERS and actor.organization_id is not None:
            return Clause(
                f"({alias}.cooperative_id = :scope_org OR {alias}.operator_id = :scope_org)",
                {"scope_org": actor.organization_id},
            )
        if actor.role is Role.GROWER and actor.household_id is not None:
            return Clause(f"{alias}.household_id = :scope_household", {"scope_household": actor.household_id})
        if actor.role is Role.LENDER and actor.organization_id is not None:
            return Clause(
                f"{alias}.id IN (SELECT scope_g.receipt_id FROM bank_pledge scope_g WHERE scope_g.lender_id = :scope_org"
                f" AND scope_g.state IN {STANDING})",
                {"scope_org": actor.organization_id},
            )
        return NOTHING


class Event(Model):
    """What happened to a receipt; only grows."""

    id = fields.UUIDField(primary_key=True)
    receipt_id = fields.BigIntField()
    kind = fields.CharField(max_length=16)
    grams = GramsField()
    happened_on = fields.DateField()
    at = Instant()
    other_receipt_id = fields.BigIntField(null=True)
    transaction_id = fields.UUIDField(null=True)
    reason = fields.CharField(max_length=200, null=True)
    content_hash = fields.CharField(max_length=32, null=True)
    inputs: dict[str, int] | None = fields.JSONField(null=True)
    user_id = fields.BigIntField(null=True)
    user_name = fields.CharField(max_length=80)
    township_id = fields.BigIntField()

    class Meta:
        table = "bank_event"
