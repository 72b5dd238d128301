"""Day closes; who sees which."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.bank.scope_rules import EVERYWHERE, KEEPERS
from pepperchain.core.fields import Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause


class Close(Model):
    """What a day of a site's bank added up to, and the two who answer for it."""

    id = fields.UUIDField(primary_key=True)
    site_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    township_id = fields.BigIntField()
    closed_on = fields.DateField()
    figures: dict[str, object] = fields.JSONField()
    backing_ppm = fields.BigIntField(null=True)
    state = fields.CharField(max_length=10)
    prepared_at = Instant()
    prepared_by = fields.BigIntField(null=True)
    prepared_by_name = fields.CharField(max_length=80)
    signed_at = Instant(null=True)
    signed_by = fields.BigIntField(null=True)
    signed_by_name = fields.CharField(max_length=80, null=True)
    chain_head = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "bank_close"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "z") -> Clause:
        """All for the committee; for keepers those of the own organization. How much is backed, everybody is told."""
        if actor.role in EVERYWHERE:
            return EVERYTHING
        if actor.role in KEEPERS and actor.organization_id is not None:
            return Clause(f"{alias}.operator_id = :scope_org", {"scope_org": actor.organization_id})
        return NOTHING
