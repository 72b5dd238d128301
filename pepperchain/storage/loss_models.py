"""Tables of natural loss; who sees which."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.core.fields import GramsField, Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause
from pepperchain.storage.scope_rules import EVERYWHERE, is_keeper, own


class LossPolicy(Model):
    """How much of a form may be lost in a kind of room, from a day on; without an operator it holds for all who state none."""

    id = fields.UUIDField(primary_key=True)
    operator_id = fields.BigIntField(null=True)
    form = fields.CharField(max_length=20)
    kind = fields.CharField(max_length=10)
    ppm_per_day = fields.IntField()
    tolerance_ppm = fields.IntField()
    valid_from_on = fields.DateField()
    reason = fields.CharField(max_length=200)
    set_at = Instant()
    set_by = fields.BigIntField(null=True)
    set_by_name = fields.CharField(max_length=80)
    content_hash = fields.CharField(max_length=32)

    class Meta:
        table = "storage_loss_policy"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "p") -> Clause:
        """The district's, and those of the own organization and of operators that it stores at."""
        if actor.role in EVERYWHERE:
            return EVERYTHING
        if not is_keeper(actor):
            return NOTHING
        return Clause(
            f"({alias}.operator_id IS NULL OR {alias}.operator_id = :scope_org OR {alias}.operator_id IN"
            " (SELECT scope_r.to_id FROM directory_organization_relation scope_r WHERE scope_r.from_id = :scope_org"
            " AND scope_r.kind = 'stores_at' AND scope_r.ended_on IS NULL))",
            own(actor),
        )


class Allowance(Model):
    """What a lot may have lost by the policies of its days, and how much of that counting has found already."""

    lot_id = fields.BigIntField(primary_key=True)
    township_id = fields.BigIntField()
    through_on = fields.DateField()
    accrued_ppm = fields.BigIntField()
    used_grams = GramsField(default=0)

    class Meta:
        table = "storage_allowance"


class FoundLoss(Model):
    """What a count found missing of a lot under a policy: what was allowed of it, and what is more than that, a case."""

    movement_id = fields.UUIDField(primary_key=True)
    lot_id = fields.BigIntField()
    site_id = fields.BigIntField()
    room_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    cooperative_id = fields.BigIntField()
    township_id = fields.BigIntField()
    form = fields.CharField(max_length=20)
    found_on = fields.DateField()
    book_grams = GramsField()
    allowed_grams = GramsField()
    natural_grams = GramsField()
    excess_grams = GramsField()
    state = fields.CharField(max_length=10)
    explanation = fields.CharField(max_length=500, null=True)
    explained_at = Instant(null=True)
    explained_by = fields.BigIntField(null=True)
    explained_by_name = fields.CharField(max_length=80, null=True)
    closed_at = Instant(null=True)
    closed_by = fields.BigIntField(null=True)
    closed_by_name = fields.CharField(max_length=80, null=True)

    class Meta:
        table = "storage_found_loss"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "f") -> Clause:
        """All for the committee; for cooperatives and storekeepers what was lost of theirs or in rooms of theirs."""
        if actor.role in EVERYWHERE:
            return EVERYTHING
        if not is_keeper(actor):
            return NOTHING
        return Clause(
            f"({alias}.cooperative_id = :scope_org OR {alias}.operator_id = :scope_org)", own(actor)
        )

    @staticmethod
    def kept_by(actor: Actor, alias: str = "f") -> Clause:
        """Losses that the actor answers for: in rooms of the own organization."""
        if actor.role in EVERYWHERE:
            return EVERYTHING
        return Clause(f"{alias}.operator_id = :scope_org", own(actor)) if is_keeper(actor) else NOTHING
