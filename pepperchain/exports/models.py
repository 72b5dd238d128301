"""Exports, and who sees which: whoever asked for it."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.core.fields import Instant
from pepperchain.core.sql import NOTHING, Clause


class Export(Model):
    """One file that somebody asked for."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharField(max_length=30)
    format = fields.CharField(max_length=4)
    choices = fields.CharField(max_length=2000)
    reason = fields.CharField(max_length=200, null=True)
    is_personal = fields.BooleanField()
    state = fields.CharField(max_length=10)
    language = fields.CharField(max_length=2)
    user_id = fields.BigIntField()
    scope = fields.CharField(max_length=2000)
    asked_at = Instant()
    made_at = Instant(null=True)
    fetched_at = Instant(null=True)
    total_rows = fields.BigIntField(null=True)
    done_rows = fields.BigIntField(default=0)
    people = fields.BigIntField(null=True)
    file_token = fields.CharField(max_length=40, null=True)
    file_bytes = fields.BigIntField(null=True)
    message = fields.CharField(max_length=300, null=True)
    worker = fields.CharField(max_length=36, null=True)
    lease_until_at = Instant(null=True)
    attempts = fields.IntField(default=0)

    class Meta:
        table = "exports_export"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "x") -> Clause:
        """Whoever asked for it, and nobody else: an administrator asks for a file of their own."""
        if actor.user_id is None:
            return NOTHING
        return Clause(f"{alias}.user_id = :scope_user", {"scope_user": actor.user_id})
