"""Batches and their rows; who sees which."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.core.fields import Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause

_SEES_ALL = frozenset({Role.ADMIN, Role.SYSTEM})


class Batch(Model):
    """One uploaded file."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharField(max_length=20)
    state = fields.CharField(max_length=12)
    file_name = fields.CharField(max_length=120)
    file_token = fields.CharField(max_length=40, null=True)
    file_hash = fields.CharField(max_length=64)
    file_bytes = fields.BigIntField()
    language = fields.CharField(max_length=2)
    organization_id = fields.BigIntField(null=True)
    uploaded_by = fields.BigIntField(null=True)
    uploaded_by_name = fields.CharField(max_length=80)
    acting_id = fields.BigIntField(null=True)
    created_at = Instant()
    checked_at = Instant(null=True)
    committed_at = Instant(null=True)
    undone_at = Instant(null=True)
    total_rows = fields.IntField(null=True)
    done_rows = fields.IntField(default=0)
    creates = fields.IntField(default=0)
    updates = fields.IntField(default=0)
    unchanged = fields.IntField(default=0)
    wrong = fields.IntField(default=0)
    problems = fields.IntField(default=0)
    conflicts = fields.IntField(default=0)
    notes: dict[str, object] = fields.JSONField()
    message = fields.CharField(max_length=300, null=True)
    facts: dict[str, object] | None = fields.JSONField(null=True)
    worker = fields.CharField(max_length=36, null=True)
    lease_until_at = Instant(null=True)
    attempts = fields.IntField(default=0)

    class Meta:
        table = "imports_batch"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "b") -> Clause:
        """Administrators see all; others those of their own organization whose kind is their work."""
        if not actor.may(Capability.IMPORT_RUN):
            return NOTHING
        if actor.role in _SEES_ALL:
            return EVERYTHING
        if actor.organization_id is None:
            return NOTHING
        return Clause(f"{alias}.organization_id = :scope_org", {"scope_org": actor.organization_id})


class Row(Model):
    """One row of a file: its verdict, what it would write, and what was there before."""

    batch_id = fields.UUIDField(primary_key=True)
    position = fields.IntField()
    sheet = fields.CharField(max_length=60)
    row_number = fields.IntField()
    verdict = fields.CharField(max_length=10)
    title = fields.CharField(max_length=80)
    target_id = fields.CharField(max_length=36, null=True)
    ready: dict[str, object] | None = fields.JSONField(null=True)
    secrets: dict[str, object] | None = fields.JSONField(null=True)
    changes: list[object] | None = fields.JSONField(null=True)
    problems: list[object] | None = fields.JSONField(null=True)
    before: dict[str, object] | None = fields.JSONField(null=True)
    conflict: list[object] | None = fields.JSONField(null=True)

    class Meta:
        table = "imports_row"
        unique_together = (("batch_id", "position"),)
