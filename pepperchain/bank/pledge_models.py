"""Pledges: grams of a receipt that secure a loan; who sees which."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.bank.scope_rules import EVERYWHERE, KEEPERS
from pepperchain.core.fields import FenField, GramsField, Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause

STANDING = "('consented', 'active', 'called')"
"""A lender sees a receipt from the grower's consent on, until the pledge has ended."""


class Pledge(Model):
    """Grams of a receipt for a loan: asked for, consented to, confirmed by the lender, and then locked until it lets them go."""

    id = fields.UUIDField(primary_key=True)
    receipt_id = fields.BigIntField()
    household_id = fields.BigIntField()
    cooperative_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    site_id = fields.BigIntField()
    township_id = fields.BigIntField()
    lender_id = fields.BigIntField()
    grams = GramsField()
    held_grams = GramsField(default=0)
    called_grams = GramsField(default=0)
    loan_fen = FenField()
    received_fen = FenField(default=0)
    due_on = fields.DateField()
    words = fields.CharField(max_length=200, null=True)
    state = fields.CharField(max_length=10)
    asked_at = Instant()
    asked_by = fields.BigIntField(null=True)
    asked_by_name = fields.CharField(max_length=80)
    consented_at = Instant(null=True)
    consented_by_name = fields.CharField(max_length=80, null=True)
    consent_words = fields.CharField(max_length=200, null=True)
    confirmed_at = Instant(null=True)
    confirmed_by_name = fields.CharField(max_length=80, null=True)
    loan_number = fields.CharField(max_length=40, null=True)
    ended_at = Instant(null=True)
    ended_by_name = fields.CharField(max_length=80, null=True)
    ended_reason = fields.CharField(max_length=200, null=True)
    replaces_id = fields.UUIDField(null=True)
    content_hash = fields.CharField(max_length=32)
    version = fields.IntField(default=1)

    class Meta:
        table = "bank_pledge"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "g") -> Clause:
        """All for the committee; cooperatives, keepers and growers their own; a lender what is meant for it and consented to."""
        if actor.role in EVERYWHERE:
            return EVERYTHING
        if actor.role is Role.GROWER and actor.household_id is not None:
            return Clause(f"{alias}.household_id = :scope_household", {"scope_household": actor.household_id})
        if actor.organization_id is None:
            return NOTHING
        if actor.role in KEEPERS:
            return Clause(
                f"({alias}.cooperative_id = :scope_org OR {alias}.operator_id = :scope_org)",
                {"scope_org": actor.organization_id},
            )
        if actor.role is Role.LENDER:
            return Clause(
                f"({alias}.lender_id = :scope_org AND {alias}.consented_at IS NOT NULL)",
                {"scope_org": actor.organization_id},
            )
        return NOTHING
