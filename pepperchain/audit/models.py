"""The trail and its seals."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.fields import Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause


class Entry(Model):
    """One act of one actor."""

    id = fields.BigIntField(primary_key=True)
    xact = fields.BigIntField(default=0)
    at = Instant()
    actor_id = fields.BigIntField(null=True)
    actor_name = fields.CharField(max_length=80)
    role = fields.CharField(max_length=20)
    verb = fields.CharField(max_length=60)
    subject = fields.CharField(max_length=40)
    subject_id = fields.CharField(max_length=40)
    township_id = fields.BigIntField(null=True)
    organization_id = fields.BigIntField(null=True)
    facts: dict[str, object] = fields.JSONField()

    class Meta:
        table = "audit_entry"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "e") -> Clause:
        """Readers of the trail see all of it; everyone else sees what they did themselves."""
        if actor.may(Capability.AUDIT_READ):
            return EVERYTHING
        if actor.user_id is None:
            return NOTHING
        return Clause(f"{alias}.actor_id = :scope_user", {"scope_user": actor.user_id})

    @staticmethod
    def visible_in_history_to(actor: Actor, alias: str = "e") -> Clause:
        """In the history of somebody whom the actor sees: what the district did and what their own did, in their townships.

        What another organization did is not told: a household that changed its cooperative does not take along who wrote what there.
        """
        if not actor.may(Capability.HISTORY_READ):
            return NOTHING
        if actor.organization_id is not None:
            return Clause(
                f"({alias}.organization_id = :scope_org OR {alias}.organization_id IS NULL)",
                {"scope_org": actor.organization_id},
            )
        if actor.township_ids:
            return Clause(
                f"({alias}.township_id IN :scope_townships OR {alias}.township_id IS NULL)",
                {"scope_townships": actor.township_ids},
            )
        return EVERYTHING if actor.may(Capability.AUDIT_READ) else NOTHING


class Key(Model):
    """The key of what the trail tells of somebody, itself sealed; a destroyed one leaves its row."""

    kind = fields.CharField(max_length=12, primary_key=True)
    owner_id = fields.CharField(max_length=40)
    sealed = fields.BinaryField(null=True)
    destroyed_at = Instant(null=True)

    class Meta:
        table = "audit_key"


class Seal(Model):
    """The hash over a run of entries of one chain and over the seal before it."""

    id = fields.BigIntField(primary_key=True)
    chain = fields.CharField(max_length=20)
    last_xact = fields.BigIntField()
    last_entry_id = fields.BigIntField()
    entries = fields.IntField()
    previous_hash = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)
    sealed_at = Instant()

    class Meta:
        table = "audit_seal"
