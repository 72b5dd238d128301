"""Sensors, readings, buckets, breaches, alarms, the equipment log; who sees which."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.core.fields import Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause
from pepperchain.storage.models import Room
from pepperchain.storage.scope_rules import EVERYWHERE, is_keeper, own


def rooms_seen(actor: Actor, alias: str = "r") -> Clause:
    """Rooms whose climate somebody sees: who runs them, stores or booked there, or has a lot there; the committee all."""
    usable = Room.usable_by(actor, alias)
    if usable in (EVERYTHING, NOTHING):
        return usable
    return usable | Clause(
        "EXISTS (SELECT 1 FROM storage_lot scope_l WHERE scope_l.cooperative_id = :scope_org AND scope_l.is_open"
        f" AND scope_l.room_id = {alias}.id)",
        usable.params,
    )


class Sensor(Model):
    """What measures one thing in one room, under the code that its operator knows it by."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    room_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    township_id = fields.BigIntField()
    code = fields.CharField(max_length=40)
    kind = fields.CharField(max_length=12)
    calibrated_on = fields.DateField(null=True)
    silent_minutes = fields.IntField()
    active_from = fields.DateField()
    active_until = fields.DateField(null=True)
    created_at = Instant()
    version = fields.IntField(default=1)

    class Meta:
        table = "climate_sensor"
        unique_together = (("operator_id", "code"),)

    @staticmethod
    def run_by(actor: Actor, alias: str = "s") -> Clause:
        """Sensors whose readings somebody brings: those of the own organization."""
        return Room.run_by(actor, alias)


class SensorState(Model):
    """Where a sensor stands: its latest reading, the run that goes on, and when it will count as silent. Kept with every reading."""

    sensor_id = fields.BigIntField(primary_key=True)
    township_id = fields.BigIntField()
    kind = fields.CharField(max_length=12)
    last_at = Instant(null=True)
    last_value = fields.IntField(null=True)
    side = fields.SmallIntField(default=0)
    since_at = Instant(null=True)
    run_low = fields.IntField(null=True)
    run_high = fields.IntField(null=True)
    run_excess = fields.BigIntField(default=0)
    cut_at = Instant(null=True)
    due_at = Instant(null=True)
    breach_id = fields.BigIntField(null=True)
    silence_id = fields.BigIntField(null=True)

    class Meta:
        table = "climate_state"


class Reading(Model):
    """One value at one moment. Never changes."""

    sensor_id = fields.BigIntField(primary_key=True)
    taken_at = Instant()
    value = fields.IntField()
    township_id = fields.BigIntField()

    class Meta:
        table = "climate_reading"
        unique_together = (("sensor_id", "taken_at"),)


class StepBucket(Model):
    """The extremes of a step of so many minutes."""

    sensor_id = fields.BigIntField(primary_key=True)
    step = fields.SmallIntField()
    starts_at = Instant()
    township_id = fields.BigIntField()
    low = fields.IntField()
    high = fields.IntField()
    total = fields.BigIntField()
    readings = fields.IntField()
    above_ms = fields.BigIntField()
    below_ms = fields.BigIntField()

    class Meta:
        table = "climate_bucket"
        unique_together = (("sensor_id", "step", "starts_at"),)


class Batch(Model):
    """A batch of readings and what was answered, so that the same one again gets the same answer."""

    id = fields.UUIDField(primary_key=True)
    operator_id = fields.BigIntField(null=True)
    user_id = fields.BigIntField(null=True)
    received_at = Instant()
    fresh = fields.IntField()
    known = fields.IntField()
    refused = fields.TextField()
    content_hash = fields.CharField(max_length=32)

    class Meta:
        table = "climate_batch"


class Breach(Model):
    """A run that lasted too long or went too far, or a silence; and what people did about it."""

    id = fields.BigIntField(primary_key=True)
    sensor_id = fields.BigIntField()
    room_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    township_id = fields.BigIntField()
    kind = fields.CharField(max_length=12)
    side = fields.SmallIntField()
    started_at = Instant()
    last_at = Instant()
    ended_at = Instant(null=True)
    low = fields.IntField(null=True)
    high = fields.IntField(null=True)
    bound = fields.IntField(null=True)
    degree_minutes = fields.BigIntField(default=0)
    state = fields.CharField(max_length=12)
    found_at = Instant()
    acknowledged_at = Instant(null=True)
    acknowledged_by = fields.CharField(max_length=80, null=True)
    explained_at = Instant(null=True)
    explained_by = fields.CharField(max_length=80, null=True)
    cause = fields.CharField(max_length=12, null=True)
    done = fields.CharField(max_length=2000, null=True)
    closed_at = Instant(null=True)
    closed_by = fields.CharField(max_length=80, null=True)
    cut_at = Instant(null=True)
    void_at = Instant(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "climate_breach"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "b") -> Clause:
        """Breaches of the rooms whose climate somebody sees."""
        seen = rooms_seen(actor, "scope_room")
        if seen in (EVERYTHING, NOTHING):
            return seen
        return Clause(
            f"EXISTS (SELECT 1 FROM storage_room scope_room WHERE scope_room.id = {alias}.room_id AND {seen.sql})",
            seen.params,
        )


class Alarm(Model):
    """Somebody is to be told of something, once. Who sends messages outside takes the queued ones up."""

    id = fields.BigIntField(primary_key=True)
    rule = fields.CharField(max_length=20)
    subject = fields.BigIntField()
    occurrence = fields.CharField(max_length=20)
    recipient_id = fields.BigIntField()
    township_id = fields.BigIntField()
    state = fields.CharField(max_length=12)
    created_at = Instant()

    class Meta:
        table = "climate_alarm"
        unique_together = (("rule", "subject", "occurrence", "recipient_id"),)


class Equipment(Model):
    """An entry of the equipment log: of a room, or of all rooms of a site."""

    id = fields.UUIDField(primary_key=True)
    site_id = fields.BigIntField()
    room_id = fields.BigIntField(null=True)
    operator_id = fields.BigIntField()
    township_id = fields.BigIntField()
    kind = fields.CharField(max_length=12)
    from_at = Instant()
    until_at = Instant(null=True)
    generator = fields.BooleanField(null=True)
    note = fields.CharField(max_length=200, null=True)
    recorded_at = Instant()
    recorded_by = fields.CharField(max_length=80)
    struck_at = Instant(null=True)
    struck_by = fields.CharField(max_length=80, null=True)
    content_hash = fields.CharField(max_length=32)

    class Meta:
        table = "climate_equipment"


class Meter(Model):
    """What a site's electricity meter said on a day; the last word about a day counts. A new meter begins a count of its own."""

    id = fields.UUIDField(primary_key=True)
    site_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    township_id = fields.BigIntField()
    read_on = fields.DateField()
    tenths_kwh = fields.BigIntField()
    is_new = fields.BooleanField()
    recorded_at = Instant()
    recorded_by = fields.CharField(max_length=80)
    content_hash = fields.CharField(max_length=32)

    class Meta:
        table = "climate_meter"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "m") -> Clause:
        """All for the committee; what power costs an operator is its own affair."""
        if actor.role in EVERYWHERE:
            return EVERYTHING
        return Clause(f"{alias}.operator_id = :scope_org", own(actor)) if is_keeper(actor) else NOTHING
