"""The tables of merges: what became one, and everything that was changed for it."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.core.fields import Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause
from pepperchain.directory.scope_rules import COOPERATIVE, SEES_ALL


class Merge(Model):
    """Two households, or two people, that became one. `cooperative_id` is that of both households, or NULL."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(unique=True)
    kind = fields.CharField(max_length=9)
    household_id = fields.BigIntField()
    loser_household_id = fields.BigIntField()
    person_id = fields.BigIntField(null=True)
    loser_person_id = fields.BigIntField(null=True)
    township_id = fields.BigIntField()
    cooperative_id = fields.BigIntField(null=True)
    reason = fields.CharField(max_length=200)
    moved: fields.JSONField[dict[str, int]] = fields.JSONField()
    decided: fields.JSONField[list[str]] = fields.JSONField()
    made_at = Instant()
    made_by = fields.BigIntField(null=True)
    made_by_name = fields.CharField(max_length=80)
    proposed_by = fields.BigIntField(null=True)
    state = fields.CharField(max_length=8, default="standing")
    undone_at = Instant(null=True)
    undone_by = fields.BigIntField(null=True)
    undone_by_name = fields.CharField(max_length=80, null=True)
    kept: fields.JSONField[list[list[str]]] = fields.JSONField(null=True)

    class Meta:
        table = "directory_merge"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "m") -> Clause:
        """A cooperative's people see those of two members of theirs, while it is one; the district's people see all."""
        if actor.role in SEES_ALL:
            return EVERYTHING
        if actor.role not in COOPERATIVE or actor.organization_id is None:
            return NOTHING
        return Clause(
            f"{alias}.cooperative_id = :scope_org AND EXISTS (SELECT 1 FROM directory_household scope_h"
            f" LEFT JOIN directory_household scope_s ON scope_s.id = scope_h.merged_into_id WHERE scope_h.id = {alias}.household_id"
            " AND COALESCE(scope_s.cooperative_id, scope_h.cooperative_id) = :scope_org)",
            {"scope_org": actor.organization_id},
        )


class MergeChange(Model):
    """One column of one row that a merge changed: what it held before and after, as JSON."""

    merge_id = fields.BigIntField(primary_key=True)
    place = fields.IntField()
    table_name = fields.CharField(max_length=63)
    row_key: fields.JSONField[dict[str, object]] = fields.JSONField()
    column_name = fields.CharField(max_length=63)
    before: fields.JSONField[object] = fields.JSONField()
    after: fields.JSONField[object] = fields.JSONField()

    class Meta:
        table = "directory_merge_change"
