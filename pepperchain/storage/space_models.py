"""What keeps space of rooms free, and who waits for it."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.core.fields import GramsField, Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause
from pepperchain.storage.scope_rules import EVERYWHERE, is_keeper, own


class Booking(Model):
    """Space of a room kept free for an organization; what it has brought counts as used."""

    id = fields.UUIDField(primary_key=True)
    room_id = fields.BigIntField()
    organization_id = fields.BigIntField(null=True)
    township_id = fields.BigIntField()
    form = fields.CharField(max_length=20)
    grams = GramsField()
    used_grams = GramsField(default=0)
    from_on = fields.DateField()
    to_on = fields.DateField()
    placed_at = Instant()
    placed_by = fields.BigIntField(null=True)
    released_at = Instant(null=True)
    content_hash = fields.CharField(max_length=32)
    consignment_id = fields.UUIDField(null=True)
    kind = fields.CharField(max_length=10, default="booking")
    version = fields.IntField(default=1)
    expires_at = Instant(null=True)
    expired_at = Instant(null=True)

    class Meta:
        table = "storage_booking"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "b") -> Clause:
        """Their own bookings, and with the committee all."""
        if actor.role in EVERYWHERE:
            return EVERYTHING
        return Clause(f"{alias}.organization_id = :scope_org", own(actor)) if is_keeper(actor) else NOTHING


class BookingVersion(Model):
    """A change of a booking's days or grams, and what they were before."""

    id = fields.UUIDField(primary_key=True)
    booking_id = fields.UUIDField()
    township_id = fields.BigIntField()
    version = fields.IntField()
    grams = GramsField()
    from_on = fields.DateField()
    to_on = fields.DateField()
    was_grams = GramsField()
    was_from_on = fields.DateField()
    was_to_on = fields.DateField()
    made_at = Instant()
    made_by = fields.BigIntField(null=True)
    made_by_name = fields.CharField(max_length=80)
    content_hash = fields.CharField(max_length=32)

    class Meta:
        table = "storage_booking_version"
        unique_together = (("booking_id", "version"),)


class Wait(Model):
    """An organization that waits for space in a room, or in any room of a township that it may use."""

    id = fields.UUIDField(primary_key=True)
    organization_id = fields.BigIntField()
    township_id = fields.BigIntField()
    room_id = fields.BigIntField(null=True)
    form = fields.CharField(max_length=20)
    grams = GramsField()
    from_on = fields.DateField()
    to_on = fields.DateField()
    asked_at = Instant()
    asked_by = fields.BigIntField(null=True)
    asked_by_name = fields.CharField(max_length=80)
    content_hash = fields.CharField(max_length=32)
    state = fields.CharField(max_length=10, default="waiting")
    booking_id = fields.UUIDField(null=True, unique=True)
    offered_at = Instant(null=True)
    offer_until_at = Instant(null=True)
    ended_at = Instant(null=True)

    class Meta:
        table = "storage_wait"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "w") -> Clause:
        """Their own, and with the committee all."""
        if actor.role in EVERYWHERE:
            return EVERYTHING
        return Clause(f"{alias}.organization_id = :scope_org", own(actor)) if is_keeper(actor) else NOTHING


class Maintenance(Model):
    """Days on which a room is being maintained and takes nothing; what lies in it stays."""

    id = fields.UUIDField(primary_key=True)
    room_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    township_id = fields.BigIntField()
    from_on = fields.DateField()
    to_on = fields.DateField()
    reason = fields.CharField(max_length=200)
    planned_at = Instant()
    planned_by = fields.BigIntField(null=True)
    planned_by_name = fields.CharField(max_length=80)
    dropped_at = Instant(null=True)
    content_hash = fields.CharField(max_length=32)

    class Meta:
        table = "storage_maintenance"


class Notice(Model):
    """Somebody of the staff who is to be told of something, once; whoever sends messages outside takes the queued rows up."""

    id = fields.BigIntField(primary_key=True)
    rule = fields.CharField(max_length=20)
    subject = fields.CharField(max_length=36)
    occurrence = fields.CharField(max_length=20)
    recipient_id = fields.BigIntField()
    township_id = fields.BigIntField()
    state = fields.CharField(max_length=12)
    created_at = Instant()

    class Meta:
        table = "storage_notice"
        unique_together = (("rule", "subject", "occurrence", "recipient_id"),)


class BookingUse(Model):
    """How much of a booking a receipt or move used up, so that taking it back gives it back."""

    movement_id = fields.UUIDField(primary_key=True)
    booking_id = fields.UUIDField()
    grams = GramsField()

    class Meta:
        table = "storage_booking_use"
        unique_together = (("movement_id", "booking_id"),)
