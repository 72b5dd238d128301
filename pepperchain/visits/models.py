"""Visits, photos, follow-ups and notes, and who sees which of them."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.core.fields import Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause
from pepperchain.directory.models import COOPERATIVE


def _seen(actor: Actor, alias: str, needed: Capability) -> Clause:
    """The one rule: the committee all, technicians their townships', a cooperative what was of its members then."""
    if not actor.may(needed):
        return NOTHING
    if actor.role in (Role.COMMITTEE, Role.ADMIN, Role.SYSTEM):
        return EVERYTHING
    if actor.role in COOPERATIVE and actor.organization_id is not None:
        return Clause(f"{alias}.cooperative_id = :scope_org", {"scope_org": actor.organization_id})
    if actor.role is Role.TECHNICIAN and actor.township_ids:
        return Clause(f"{alias}.township_id IN :scope_townships", {"scope_townships": actor.township_ids})
    return NOTHING


class Visit(Model):
    """One visit or call; township and cooperative are those of the time it was noted."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    kind = fields.CharField(max_length=5)
    household_id = fields.BigIntField(null=True)
    person_id = fields.BigIntField(null=True)
    organization_id = fields.BigIntField(null=True)
    township_id = fields.BigIntField(null=True)
    cooperative_id = fields.BigIntField(null=True)
    purpose = fields.CharField(max_length=20)
    outcome = fields.CharField(max_length=2000, null=True)
    planned_on = fields.DateField(null=True)
    happened_at = Instant(null=True)
    stands_at = Instant()
    user_id = fields.BigIntField(null=True)
    user_name = fields.CharField(max_length=80)
    called_off_at = Instant(null=True)
    reason = fields.CharField(max_length=200, null=True)
    created_at = Instant()
    version = fields.IntField(default=1)

    class Meta:
        table = "visits_visit"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "v") -> Clause:
        """Who reads visits, in their scope."""
        return _seen(actor, alias, Capability.VISIT_READ)


class Photo(Model):
    """A photo of a visit; the file lies in the data folder under its token. Seen with its visit."""

    id = fields.BigIntField(primary_key=True)
    visit_id = fields.BigIntField()
    township_id = fields.BigIntField(null=True)
    token = fields.CharField(max_length=40, unique=True)
    bytes = fields.IntField()
    width = fields.IntField()
    height = fields.IntField()
    created_at = Instant()

    class Meta:
        table = "visits_photo"


class FollowUp(Model):
    """What somebody is to do after a visit, by a day."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    visit_id = fields.BigIntField()
    household_id = fields.BigIntField(null=True)
    organization_id = fields.BigIntField(null=True)
    township_id = fields.BigIntField(null=True)
    cooperative_id = fields.BigIntField(null=True)
    what = fields.CharField(max_length=200)
    due_on = fields.DateField()
    owner_id = fields.BigIntField(null=True)
    owner_name = fields.CharField(max_length=80)
    done_at = Instant(null=True)
    done_name = fields.CharField(max_length=80, null=True)
    created_at = Instant()
    version = fields.IntField(default=1)

    class Meta:
        table = "visits_follow_up"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "f") -> Clause:
        """As its visit."""
        return _seen(actor, alias, Capability.VISIT_READ)


class Note(Model):
    """A line that somebody wrote about a household, one of its people, or an organization."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    household_id = fields.BigIntField(null=True)
    person_id = fields.BigIntField(null=True)
    organization_id = fields.BigIntField(null=True)
    township_id = fields.BigIntField(null=True)
    cooperative_id = fields.BigIntField(null=True)
    text = fields.CharField(max_length=500)
    user_id = fields.BigIntField(null=True)
    user_name = fields.CharField(max_length=80)
    created_at = Instant()
    withdrawn_at = Instant(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "visits_note"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "n") -> Clause:
        """Who reads histories, in the scope of visits."""
        return _seen(actor, alias, Capability.HISTORY_READ)
