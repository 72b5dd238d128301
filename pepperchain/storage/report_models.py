"""Tables that reports read, and what lay in rooms before anybody weighed here."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.core.fields import GramsField, Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause
from pepperchain.storage.scope_rules import EVERYWHERE, is_keeper, own


def _lies_there(actor: Actor, alias: str) -> Clause:
    """What is added up of lots is seen by whoever sees the lots: the owner, and who runs the room."""
    if actor.role in EVERYWHERE:
        return EVERYTHING
    if not is_keeper(actor):
        return NOTHING
    return Clause(f"({alias}.cooperative_id = :scope_org OR {alias}.operator_id = :scope_org)", own(actor))


class Opening(Model):
    """A lot that lay in a room before anybody weighed here: what its row of the sheet said."""

    movement_id = fields.UUIDField(primary_key=True)
    lot_id = fields.BigIntField(unique=True)
    room_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    township_id = fields.BigIntField()
    label = fields.CharField(max_length=40)
    picked_on = fields.DateField()
    grams = GramsField()

    class Meta:
        table = "storage_opening"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "o") -> Clause:
        """All for the committee; for cooperatives and storekeepers what lay in rooms of theirs."""
        if actor.role in EVERYWHERE:
            return EVERYTHING
        return Clause(f"{alias}.operator_id = :scope_org", own(actor)) if is_keeper(actor) else NOTHING


class Week(Model):
    """A room's week for one form and owner: what lay there at its end and day by day, what came and went, what counting found."""

    season = fields.IntField(primary_key=True)
    room_id = fields.BigIntField()
    week_on = fields.DateField()
    form = fields.CharField(max_length=20)
    cooperative_id = fields.BigIntField()
    site_id = fields.BigIntField()
    township_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    stock_grams = GramsField()
    gram_days = fields.BigIntField()
    in_grams = GramsField()
    out_grams = GramsField()
    missing_grams = GramsField()
    found_grams = GramsField()
    as_of = Instant()

    class Meta:
        table = "storage_week"
        unique_together = (("season", "room_id", "week_on", "form", "cooperative_id"),)

    @staticmethod
    def visible_to(actor: Actor, alias: str = "w") -> Clause:
        return _lies_there(actor, alias)


class AgeBand(Model):
    """How much of a room's stock of one form and owner is how old."""

    room_id = fields.BigIntField(primary_key=True)
    form = fields.CharField(max_length=20)
    cooperative_id = fields.BigIntField()
    band = fields.CharField(max_length=10)
    site_id = fields.BigIntField()
    township_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    lots = fields.IntField()
    grams = GramsField()
    as_of = Instant()

    class Meta:
        table = "storage_age"
        unique_together = (("room_id", "form", "cooperative_id", "band"),)

    @staticmethod
    def visible_to(actor: Actor, alias: str = "a") -> Clause:
        return _lies_there(actor, alias)
