"""Tables of what people are to a household through the years: its head, and who may act for it."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.core.fields import Instant
from pepperchain.core.sql import Clause
from pepperchain.directory.scope_rules import growers_of


class HeadChange(Model):
    """From a day on somebody else of the household is its head. Taken back, it never was; seen with the household."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    household_id = fields.BigIntField()
    township_id = fields.BigIntField()
    former_id = fields.BigIntField()
    head_id = fields.BigIntField()
    changed_on = fields.DateField()
    reason = fields.CharField(max_length=12)
    former_left = fields.BooleanField()
    actor_name = fields.CharField(max_length=80)
    created_at = Instant()
    taken_back_at = Instant(null=True)
    taken_back_by = fields.CharField(max_length=80, null=True)
    taken_back_reason = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "directory_head_change"


class Proxy(Model):
    """Who may deliver or sign for a household, from a day until a day; cooperative and township are the household's."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    household_id = fields.BigIntField()
    township_id = fields.BigIntField()
    cooperative_id = fields.BigIntField(null=True)
    person_id = fields.BigIntField()
    given_by_id = fields.BigIntField()
    may_deliver = fields.BooleanField()
    may_sign = fields.BooleanField()
    from_on = fields.DateField()
    until_on = fields.DateField()
    witness = fields.CharField(max_length=40, null=True)
    actor_name = fields.CharField(max_length=80)
    created_at = Instant()
    version = fields.IntField(default=1)
    revoked_on = fields.DateField(null=True)
    revoked_by = fields.CharField(max_length=80, null=True)
    revoked_reason = fields.CharField(max_length=200, null=True)
    photo_token = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "directory_proxy"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "x") -> Clause:
        """As the household's."""
        return growers_of(actor, alias, "household_id")


class Move(Model):
    """A household that lives elsewhere from a day on; seen with the household."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    household_id = fields.BigIntField()
    township_id = fields.BigIntField()
    from_village_id = fields.BigIntField()
    from_group = fields.IntField(null=True)
    from_address = fields.CharField(max_length=120, null=True)
    to_village_id = fields.BigIntField()
    to_group = fields.IntField(null=True)
    to_address = fields.CharField(max_length=120, null=True)
    moved_on = fields.DateField()
    keeps_membership = fields.BooleanField()
    membership_id = fields.BigIntField(null=True)
    state = fields.CharField(max_length=10)
    actor_name = fields.CharField(max_length=80)
    created_at = Instant()
    ended_at = Instant(null=True)
    ended_reason = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "directory_move"


class PersonMove(Model):
    """Somebody who is of another household from a day on; seen with either of the two."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    person_id = fields.BigIntField()
    from_household_id = fields.BigIntField()
    to_household_id = fields.BigIntField()
    township_id = fields.BigIntField()
    moved_on = fields.DateField()
    reason = fields.CharField(max_length=12)
    actor_name = fields.CharField(max_length=80)
    created_at = Instant()

    class Meta:
        table = "directory_person_move"
