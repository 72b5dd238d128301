"""Stocktakes, their rooms and lines, counts and extras; who sees which."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core.fields import GramsField, Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause

_EVERYWHERE = frozenset({Role.ADMIN, Role.COMMITTEE, Role.SYSTEM})
_KEEPERS = frozenset({Role.COOP_LEADER, Role.COOP_CLERK, Role.STOREKEEPER})


class Stocktake(Model):
    """A count of a room or of all rooms of a site, from its cut-off until it is posted or called off."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(unique=True)
    site_id = fields.BigIntField()
    room_id = fields.BigIntField(null=True)
    operator_id = fields.BigIntField()
    township_id = fields.BigIntField()
    note = fields.CharField(max_length=200, null=True)
    cut_off_at = Instant()
    opened_by = fields.BigIntField(null=True)
    opened_by_name = fields.CharField(max_length=80)
    state = fields.CharField(max_length=10)
    lines = fields.IntField()
    book_grams = GramsField()
    lost_grams = GramsField(null=True)
    found_grams = GramsField(null=True)
    over_tolerance = fields.BooleanField(default=False)
    handed_in_at = Instant(null=True)
    handed_in_by = fields.BigIntField(null=True)
    handed_in_by_name = fields.CharField(max_length=80, null=True)
    allowed_at = Instant(null=True)
    allowed_by = fields.BigIntField(null=True)
    allowed_by_name = fields.CharField(max_length=80, null=True)
    ended_at = Instant(null=True)
    ended_by = fields.BigIntField(null=True)
    ended_by_name = fields.CharField(max_length=80, null=True)
    reason = fields.CharField(max_length=200, null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "stocktakes_stocktake"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "k") -> Clause:
        """All for the committee; for the others those of rooms that their organization runs."""
        if actor.role in _EVERYWHERE:
            return EVERYTHING
        if actor.role in _KEEPERS and actor.organization_id is not None:
            return Clause(f"{alias}.operator_id = :scope_org", {"scope_org": actor.organization_id})
        return NOTHING


class CountedRoom(Model):
    """A room of a stocktake; open as long as the stocktake is."""

    stocktake_id = fields.BigIntField(primary_key=True)
    room_id = fields.BigIntField()
    is_open = fields.BooleanField()

    class Meta:
        table = "stocktakes_room"
        unique_together = (("stocktake_id", "room_id"),)


class Line(Model):
    """A lot to count: what the book said at the cut-off, the last word of those who counted, and what the book said just then."""

    id = fields.BigIntField(primary_key=True)
    stocktake_id = fields.BigIntField()
    position = fields.IntField()
    room_id = fields.BigIntField()
    lot_id = fields.BigIntField()
    book_grams = GramsField()
    is_added = fields.BooleanField(default=False)
    counts = fields.IntField(default=0)
    counted_grams = GramsField(null=True)
    expected_grams = GramsField(null=True)
    counted_at = Instant(null=True)
    counted_by_name = fields.CharField(max_length=80, null=True)
    movement_id = fields.UUIDField(null=True, unique=True)

    class Meta:
        table = "stocktakes_line"
        unique_together = (("stocktake_id", "lot_id"), ("stocktake_id", "position"))


class Count(Model):
    """What somebody counted of a line. Only grows."""

    id = fields.UUIDField(primary_key=True)
    stocktake_id = fields.BigIntField()
    line_id = fields.BigIntField()
    counted_grams = GramsField()
    expected_grams = GramsField()
    at = Instant()
    actor_id = fields.BigIntField(null=True)
    actor_name = fields.CharField(max_length=80)
    content_hash = fields.CharField(max_length=32)

    class Meta:
        table = "stocktakes_count"


class Extra(Model):
    """What lay in a room and has no line: told in words, never posted by itself."""

    id = fields.UUIDField(primary_key=True)
    stocktake_id = fields.BigIntField()
    room_id = fields.BigIntField()
    lot_id = fields.BigIntField(null=True)
    words = fields.CharField(max_length=200)
    grams = GramsField()
    at = Instant()
    actor_id = fields.BigIntField(null=True)
    actor_name = fields.CharField(max_length=80)
    content_hash = fields.CharField(max_length=32)

    class Meta:
        table = "stocktakes_extra"


class Check(Model):
    """When a room's books were last held against each other, and how much did not agree."""

    room_id = fields.BigIntField(primary_key=True)
    checked_at = Instant()
    differences = fields.IntField()

    class Meta:
        table = "stocktakes_check"


class Case(Model):
    """Something of a room that does not agree, from when it was found until somebody says what put it right. `lot_id` 0: the room."""

    id = fields.BigIntField(primary_key=True)
    room_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    township_id = fields.BigIntField()
    kind = fields.CharField(max_length=20)
    lot_id = fields.BigIntField(default=0)
    said_grams = fields.BigIntField()
    other_grams = fields.BigIntField()
    state = fields.CharField(max_length=10)
    found_at = Instant()
    seen_at = Instant()
    gone_at = Instant(null=True)
    taken_at = Instant(null=True)
    taken_by_name = fields.CharField(max_length=80, null=True)
    closed_at = Instant(null=True)
    closed_by_name = fields.CharField(max_length=80, null=True)
    note = fields.CharField(max_length=200, null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "stocktakes_case"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "c") -> Clause:
        """As its room's stocktakes."""
        return Stocktake.visible_to(actor, alias)
