"""Rooms, lots, movements, bookings; who sees which."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.access.policy import Role
from pepperchain.core.fields import FenField, GramsField, Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause
from pepperchain.storage.loss_models import Allowance, FoundLoss, LossPolicy
from pepperchain.storage.report_models import AgeBand, Opening, Week
from pepperchain.storage.scope_rules import EVERYWHERE, is_keeper, own
from pepperchain.storage.space_models import Booking, BookingUse, BookingVersion, Maintenance, Notice, Wait

SPACE = (Booking, BookingUse, BookingVersion, Wait, Maintenance, Notice)
REPORTS = (Opening, Week, AgeBand)
LOSSES = (LossPolicy, Allowance, FoundLoss)
"""Tables whose models stand in a file of their own, and belong to this room's."""

_STORES_AT = (
    "{alias}.operator_id IN (SELECT scope_r.to_id FROM directory_organization_relation scope_r"
    " WHERE scope_r.from_id = :scope_org AND scope_r.kind = 'stores_at' AND scope_r.ended_on IS NULL)"
)


class Room(Model):
    """A space with a door, a capacity and perhaps a machine that cools it. `stock_grams` is kept by every movement."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    site_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    township_id = fields.BigIntField()
    name = fields.CharField(max_length=40)
    purpose = fields.CharField(max_length=20)
    kind = fields.CharField(max_length=10)
    forms = fields.CharField(max_length=200)
    set_point_decidegrees = fields.IntField(null=True)
    band_decidegrees = fields.IntField(null=True)
    capacity_grams = GramsField()
    stock_grams = GramsField(default=0)
    created_at = Instant()
    version = fields.IntField(default=1)
    closed_on = fields.DateField(null=True)

    class Meta:
        table = "storage_room"
        unique_together = (("site_id", "name"),)

    @staticmethod
    def visible_to(actor: Actor, alias: str = "r") -> Clause:
        """All for the committee; for cooperatives and storekeepers their own, those of operators they store at, and public-benefit ones."""
        if actor.role in EVERYWHERE:
            return EVERYTHING
        if is_keeper(actor):
            return Clause(
                f"({alias}.operator_id = :scope_org OR {alias}.purpose = 'public_benefit' OR {_STORES_AT.format(alias=alias)})",
                own(actor),
            )
        return NOTHING

    @staticmethod
    def usable_by(actor: Actor, alias: str = "r") -> Clause:
        """Rooms that pepper may be put into: their own, those of operators they store at, and those where they booked space."""
        if actor.role in EVERYWHERE:
            return EVERYTHING
        if is_keeper(actor):
            return Clause(
                f"({alias}.operator_id = :scope_org OR {_STORES_AT.format(alias=alias)} OR EXISTS (SELECT 1 FROM storage_booking scope_b"
                f" WHERE scope_b.organization_id = :scope_org AND scope_b.room_id = {alias}.id AND scope_b.released_at IS NULL))",
                own(actor),
            )
        return NOTHING

    @staticmethod
    def run_by(actor: Actor, alias: str = "r") -> Clause:
        """Rooms that the actor may enter, change and close: those of the own organization."""
        if actor.role in (Role.ADMIN, Role.SYSTEM):
            return EVERYTHING
        return Clause(f"{alias}.operator_id = :scope_org", own(actor)) if is_keeper(actor) else NOTHING


class Lot(Model):
    """A traceable quantity of one product in one room. Grams are kept from its ledger account."""

    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(max_length=26, unique=True)
    product_id = fields.BigIntField()
    form = fields.CharField(max_length=20)
    grade = fields.CharField(max_length=30)
    cultivar = fields.CharField(max_length=30)
    season = fields.IntField()
    site_id = fields.BigIntField()
    room_id = fields.BigIntField()
    township_id = fields.BigIntField()
    origin_township_id = fields.BigIntField()
    operator_id = fields.BigIntField()
    cooperative_id = fields.BigIntField()
    account_id = fields.BigIntField(null=True)
    parent_id = fields.BigIntField(null=True)
    picked_at = Instant()
    received_at = Instant()
    fresh_until_at = Instant()
    slips = fields.IntField(default=0)
    on_hand_grams = GramsField(default=0)
    held_grams = GramsField(default=0)
    free_grams = GramsField(default=0)
    asking_fen_per_kg = FenField(null=True)
    is_open = fields.BooleanField(default=False)
    made_at = Instant(null=True)
    block_id = fields.UUIDField(null=True)
    consignment_id = fields.UUIDField(null=True)

    class Meta:
        table = "storage_lot"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "l") -> Clause:
        """All for the committee; for cooperatives and storekeepers what is theirs or lies in a room of theirs; buyers see the market."""
        if actor.role in EVERYWHERE:
            return EVERYTHING
        if is_keeper(actor):
            return Clause(
                f"({alias}.cooperative_id = :scope_org OR {alias}.operator_id = :scope_org)", own(actor)
            )
        return NOTHING

    @staticmethod
    def owned_by(actor: Actor, alias: str = "l") -> Clause:
        """Lots whose growers the actor may know, and whose price the actor may ask: the own cooperative's."""
        if actor.role in (Role.ADMIN, Role.SYSTEM):
            return EVERYTHING
        return Clause(f"{alias}.cooperative_id = :scope_org", own(actor)) if is_keeper(actor) else NOTHING


def floor_of(actor: Actor, alias: str = "s") -> Clause:
    """Sites whose floor the actor may clear into rooms: those of the own organization, and of those who store at it."""
    if actor.role in (Role.ADMIN, Role.SYSTEM):
        return EVERYTHING
    if not is_keeper(actor):
        return NOTHING
    return Clause(
        f"({alias}.operator_id = :scope_org OR {alias}.operator_id IN (SELECT scope_r.from_id FROM"
        " directory_organization_relation scope_r WHERE scope_r.to_id = :scope_org AND scope_r.kind = 'stores_at'"
        " AND scope_r.ended_on IS NULL))",
        own(actor),
    )


class LotSlip(Model):
    """Which slips a lot was received from; a receipt that was taken back leaves its rows here as history."""

    lot_id = fields.BigIntField(primary_key=True)
    weighin_id = fields.UUIDField()

    class Meta:
        table = "storage_lot_slip"
        unique_together = (("lot_id", "weighin_id"),)


class Movement(Model):
    """What happened to a lot. Only grows: a mistake is a reversal, once. `seq` is the order in which things happened to a lot."""

    seq = fields.BigIntField(primary_key=True)
    id = fields.UUIDField(unique=True)
    lot_id = fields.BigIntField()
    kind = fields.CharField(max_length=10)
    from_room_id = fields.BigIntField(null=True)
    to_room_id = fields.BigIntField(null=True)
    grams = GramsField()
    other_lot_id = fields.BigIntField(null=True)
    reverses_id = fields.UUIDField(null=True, unique=True)
    at = Instant()
    actor_id = fields.BigIntField(null=True)
    actor_name = fields.CharField(max_length=80)
    township_id = fields.BigIntField()
    reason = fields.CharField(max_length=200, null=True)
    was_fresh_until_at = Instant(null=True)
    was_picked_at = Instant(null=True)
    was_made_at = Instant(null=True)
    content_hash = fields.CharField(max_length=32)

    class Meta:
        table = "storage_movement"


class LotSource(Model):
    """Which lot went into which by a movement: the trace in both directions. Those of a reversed movement no longer count."""

    movement_id = fields.UUIDField(primary_key=True)
    lot_id = fields.BigIntField()
    source_id = fields.BigIntField()
    grams = GramsField()

    class Meta:
        table = "storage_lot_source"
        unique_together = (("lot_id", "source_id", "movement_id"),)


class Conversion(Model):
    """What went into a processing or regrading, and what came of it."""

    movement_id = fields.UUIDField(primary_key=True)
    site_id = fields.BigIntField()
    township_id = fields.BigIntField()
    from_form = fields.CharField(max_length=20)
    to_form = fields.CharField(max_length=20)
    in_grams = GramsField()
    out_grams = GramsField()
    seed_grams = GramsField(default=0)
    waste_grams = GramsField(default=0)
    loss_grams = GramsField(default=0)

    class Meta:
        table = "storage_conversion"


class Available(Model):
    """What can be bought of a product at a site: lots and grams, kept with every change of a lot's free grams."""

    product_id = fields.BigIntField(primary_key=True)
    site_id = fields.BigIntField()
    township_id = fields.BigIntField()
    lots = fields.IntField()
    free_grams = GramsField()

    class Meta:
        table = "storage_available"
        unique_together = (("product_id", "site_id"),)


class Consignment(Model):
    """Lots of one owner on the road from a site to a room of another, until they arrive or turn back."""

    id = fields.UUIDField(primary_key=True)
    number = fields.IntField()
    from_site_id = fields.BigIntField()
    from_operator_id = fields.BigIntField()
    to_room_id = fields.BigIntField()
    to_site_id = fields.BigIntField()
    to_operator_id = fields.BigIntField()
    cooperative_id = fields.BigIntField()
    township_id = fields.BigIntField()
    plate = fields.CharField(max_length=12)
    driver_name = fields.CharField(max_length=40, null=True)
    driver_phone = fields.CharField(max_length=20, null=True)
    vehicle = fields.CharField(max_length=10)
    note = fields.CharField(max_length=200, null=True)
    lots = fields.IntField()
    sent_grams = GramsField()
    sent_at = Instant()
    sent_by = fields.BigIntField(null=True)
    sent_by_name = fields.CharField(max_length=80)
    expected_at = Instant()
    content_hash = fields.CharField(max_length=32)
    state = fields.CharField(max_length=10, default="on_road")
    end_id = fields.UUIDField(null=True, unique=True)
    end_hash = fields.CharField(max_length=32, null=True)
    ended_at = Instant(null=True)
    ended_by = fields.BigIntField(null=True)
    ended_by_name = fields.CharField(max_length=80, null=True)
    received_grams = GramsField(null=True)
    reason = fields.CharField(max_length=200, null=True)
    document = fields.CharField(max_length=60, null=True)

    class Meta:
        table = "storage_consignment"
        unique_together = (("from_site_id", "number"),)

    @staticmethod
    def visible_to(actor: Actor, alias: str = "c") -> Clause:
        """All for the committee; for cooperatives and storekeepers what is theirs, leaves a site of theirs or comes to one."""
        if actor.role in EVERYWHERE:
            return EVERYTHING
        if is_keeper(actor):
            return Clause(
                f"({alias}.cooperative_id = :scope_org OR {alias}.from_operator_id = :scope_org"
                f" OR {alias}.to_operator_id = :scope_org)",
                own(actor),
            )
        return NOTHING


class ConsignmentLot(Model):
    """A lot of a consignment: where it left, how much was loaded and how much arrived."""

    consignment_id = fields.UUIDField(primary_key=True)
    lot_id = fields.BigIntField()
    from_room_id = fields.BigIntField()
    sent_grams = GramsField()
    received_grams = GramsField(null=True)

    class Meta:
        table = "storage_consignment_lot"
        unique_together = (("consignment_id", "lot_id"),)


class Sample(Model):
    """A little of a lot that was taken out to be tested, or looked at where it lay."""

    id = fields.UUIDField(primary_key=True)
    lot_id = fields.BigIntField()
    township_id = fields.BigIntField()
    grams = GramsField()
    taken_at = Instant()
    taken_by = fields.BigIntField(null=True)
    taken_by_name = fields.CharField(max_length=80)
    note = fields.CharField(max_length=200, null=True)
    content_hash = fields.CharField(max_length=32)

    class Meta:
        table = "storage_sample"


class Test(Model):
    """What a laboratory found in a sample, and the limits of that day. Only grows: a later test says it better."""

    id = fields.UUIDField(primary_key=True)
    sample_id = fields.UUIDField()
    lot_id = fields.BigIntField()
    township_id = fields.BigIntField()
    form = fields.CharField(max_length=20)
    laboratory = fields.CharField(max_length=60)
    certificate = fields.CharField(max_length=40, null=True)
    tested_on = fields.DateField()
    moisture_permille = fields.IntField(null=True)
    impurity_permille = fields.IntField(null=True)
    closed_eye_permille = fields.IntField(null=True)
    volatile_oil_permille = fields.IntField(null=True)
    numbing_decimg_per_g = fields.IntField(null=True)
    ash_permille = fields.IntField(null=True)
    insoluble_ash_permille = fields.IntField(null=True)
    limits = fields.CharField(max_length=400)
    verdict = fields.CharField(max_length=10)
    remark = fields.CharField(max_length=200, null=True)
    noted_at = Instant()
    noted_by = fields.BigIntField(null=True)
    noted_by_name = fields.CharField(max_length=80)
    block_id = fields.UUIDField(null=True)
    content_hash = fields.CharField(max_length=32)

    class Meta:
        table = "storage_test"
