"""Tags, segments and runs, and who sees which of them."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.core.fields import Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause
from pepperchain.directory.models import COOPERATIVE

_DISTRICT = frozenset({Role.ADMIN, Role.COMMITTEE, Role.TECHNICIAN})


def organization_of(actor: Actor) -> int | None:
    """Whose tags and segments the actor makes: the cooperative's, or (None) the district's."""
    return actor.organization_id if actor.role in COOPERATIVE else None


def _of_ours(actor: Actor, alias: str) -> Clause:
    """The one rule: a cooperative's people have theirs, the district's people have theirs, and neither sees the other's."""
    if not actor.may(Capability.SEGMENT_READ):
        return NOTHING
    if actor.role is Role.SYSTEM:
        return EVERYTHING
    if actor.role in COOPERATIVE and actor.organization_id is not None:
        return Clause(f"{alias}.organization_id = :scope_org", {"scope_org": actor.organization_id})
    return Clause(f"{alias}.organization_id IS NULL") if actor.role in _DISTRICT else NOTHING


class Tag(Model):
    """A word that an organization puts on households."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    organization_id = fields.BigIntField(null=True)
    name = fields.CharField(max_length=20)
    colour = fields.CharField(max_length=8, default="")
    user_id = fields.BigIntField(null=True)
    user_name = fields.CharField(max_length=80)
    created_at = Instant()
    removed_at = Instant(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "segments_tag"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "t") -> Clause:
        """One's own organization's."""
        return _of_ours(actor, alias)


class Tagging(Model):
    """A tag on a household: by whom, when, and by which run, if by one. Seen with its tag and its household."""

    tag_id = fields.BigIntField(primary_key=True)
    household_id = fields.BigIntField()
    township_id = fields.BigIntField()
    organization_id = fields.BigIntField(null=True)
    user_id = fields.BigIntField(null=True)
    user_name = fields.CharField(max_length=80)
    at = Instant()
    run_id = fields.UUIDField(null=True)

    class Meta:
        table = "segments_tagging"
        unique_together = (("tag_id", "household_id"),)


class Segment(Model):
    """A saved search."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(null=True)
    organization_id = fields.BigIntField(null=True)
    owner_id = fields.BigIntField()
    owner_name = fields.CharField(max_length=80)
    is_shared = fields.BooleanField(default=False)
    name = fields.CharField(max_length=60)
    criteria: dict[str, object] = fields.JSONField()
    created_at = Instant()
    changed_at = Instant()
    removed_at = Instant(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "segments_segment"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "s") -> Clause:
        """One's own, and what colleagues share."""
        ours = _of_ours(actor, alias)
        if actor.role is Role.SYSTEM or ours is NOTHING:
            return ours
        return ours & Clause(
            f"({alias}.owner_id = :scope_owner OR {alias}.is_shared)", {"scope_owner": actor.user_id or 0}
        )


class Run(Model):
    """A segment counted, or something done with all its households. Seen by whoever asked for it and with its segment."""

    id = fields.UUIDField(primary_key=True)
    segment_id = fields.BigIntField()
    segment_version = fields.IntField()
    action = fields.CharField(max_length=20)
    parameters: dict[str, object] | None = fields.JSONField(null=True)
    criteria: dict[str, object] = fields.JSONField()
    organization_id = fields.BigIntField(null=True)
    user_id = fields.BigIntField()
    user_name = fields.CharField(max_length=80)
    acting_id = fields.BigIntField()
    language = fields.CharField(max_length=2)
    state = fields.CharField(max_length=8)
    total = fields.IntField(null=True)
    looked = fields.IntField(default=0)
    found = fields.IntField(default=0)
    changed = fields.IntField(default=0)
    undone = fields.IntField(default=0)
    left_as_is = fields.IntField(default=0)
    has_changes = fields.BooleanField(default=True)
    through_id = fields.BigIntField(default=0)
    created_at = Instant()
    finished_at = Instant(null=True)
    undone_at = Instant(null=True)
    message = fields.CharField(max_length=300, null=True)
    facts: dict[str, object] | None = fields.JSONField(null=True)
    worker = fields.CharField(max_length=36, null=True)
    lease_until_at = Instant(null=True)
    attempts = fields.IntField(default=0)

    class Meta:
        table = "segments_run"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "r") -> Clause:
        """One's own, and what was done with a segment that one sees; how many there were is told to whoever had them counted."""
        ours, seen = _of_ours(actor, alias), Segment.visible_to(actor, "seen")
        if actor.role is Role.SYSTEM or ours is NOTHING:
            return ours
        return ours & Clause(
            f"({alias}.user_id = :scope_owner OR ({alias}.action <> 'count' AND EXISTS"
            f" (SELECT 1 FROM segments_segment seen WHERE seen.id = {alias}.segment_id AND {seen.sql})))",
            seen.params,
        )


class Change(Model):
    """What a run did with one household."""

    run_id = fields.UUIDField(primary_key=True)
    household_id = fields.BigIntField()
    thing = fields.CharField(max_length=36, null=True)
    before: dict[str, object] | None = fields.JSONField(null=True)
    outcome = fields.CharField(max_length=6, null=True)

    class Meta:
        table = "segments_change"
        unique_together = (("run_id", "household_id"),)
