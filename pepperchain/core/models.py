"""Tables without trade words: counters that never skip, and leases that one process at a time holds."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.core.fields import Instant


class Counter(Model):
    """The last number given out in a scope, such as the slips of a site."""

    scope = fields.CharField(max_length=80, primary_key=True)
    value = fields.BigIntField()

    class Meta:
        table = "core_counter"


class Lease(Model):
    """Which process does a timer's work, until when."""

    name = fields.CharField(max_length=80, primary_key=True)
    owner = fields.CharField(max_length=80)
    until_at = Instant()

    class Meta:
        table = "core_lease"
