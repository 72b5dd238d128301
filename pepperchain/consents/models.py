"""Answers, looks at sealed numbers and the leave for them, and who may know of which."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.access.policy import Role
from pepperchain.core.fields import Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause
from pepperchain.directory.models import COOPERATIVE


def _seen(actor: Actor, alias: str) -> Clause:
    """The one rule: growers what is their household's, a cooperative what was of its members then, the district's people all."""
    if actor.role is Role.GROWER and actor.household_id is not None and actor.may(Capability.CONSENT_OWN):
        return Clause(f"{alias}.household_id = :scope_household", {"scope_household": actor.household_id})
    if not actor.may(Capability.CONSENT_READ):
        return NOTHING
    if actor.role in (Role.COMMITTEE, Role.ADMIN, Role.SYSTEM):
        return EVERYTHING
    if actor.role in COOPERATIVE and actor.organization_id is not None:
        return Clause(f"{alias}.cooperative_id = :scope_org", {"scope_org": actor.organization_id})
    return NOTHING


class Consent(Model):
    """One answer of a person to one version of a purpose's text; never changed. Cooperative and household are those of the time."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField()
    person_id = fields.BigIntField()
    household_id = fields.BigIntField()
    township_id = fields.BigIntField()
    cooperative_id = fields.BigIntField(null=True)
    purpose = fields.CharField(max_length=30)
    text_version = fields.IntField()
    is_given = fields.BooleanField()
    how = fields.CharField(max_length=8)
    witness = fields.CharField(max_length=40, null=True)
    photo_token = fields.CharField(max_length=40, null=True)
    user_id = fields.BigIntField(null=True)
    user_name = fields.CharField(max_length=80)
    at = Instant()

    class Meta:
        table = "consents_consent"
        unique_together = (("request_id", "purpose"),)

    @staticmethod
    def visible_to(actor: Actor, alias: str = "c") -> Clause:
        """The household itself, and those who keep its consents."""
        return _seen(actor, alias)


class Reveal(Model):
    """One look at a sealed number; household, township and cooperative are those of the time."""

    id = fields.UUIDField(primary_key=True)
    person_id = fields.BigIntField()
    household_id = fields.BigIntField()
    township_id = fields.BigIntField()
    cooperative_id = fields.BigIntField(null=True)
    number = fields.CharField(max_length=10)
    reason = fields.CharField(max_length=20)
    words = fields.CharField(max_length=200)
    user_id = fields.BigIntField()
    user_name = fields.CharField(max_length=80)
    organization_id = fields.BigIntField(null=True)
    at = Instant()

    class Meta:
        table = "consents_reveal"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "r") -> Clause:
        """The household itself, and those who keep its consents."""
        return _seen(actor, alias)


class RevealLeave(Model):
    """Leave for one look, given by a second person; used once, or over at its hour."""

    id = fields.BigIntField(primary_key=True)
    person_id = fields.BigIntField()
    number = fields.CharField(max_length=10)
    user_id = fields.BigIntField()
    given_by = fields.BigIntField()
    given_at = Instant()
    expires_at = Instant()
    reveal_id = fields.UUIDField(null=True, unique=True)

    class Meta:
        table = "consents_reveal_leave"


class Copy(Model):
    """A copy of what is kept of somebody, as a file under its token; swept after some days."""

    id = fields.UUIDField(primary_key=True)
    person_id = fields.BigIntField()
    household_id = fields.BigIntField()
    township_id = fields.BigIntField()
    cooperative_id = fields.BigIntField(null=True)
    reason = fields.CharField(max_length=200, null=True)
    user_id = fields.BigIntField()
    user_name = fields.CharField(max_length=80)
    language = fields.CharField(max_length=2)
    made_at = Instant()
    rows_told = fields.IntField()
    token = fields.CharField(max_length=40, unique=True)
    bytes = fields.IntField()
    expires_at = Instant()
    swept_at = Instant(null=True)

    class Meta:
        table = "consents_copy"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "k") -> Clause:
        """The household itself, and those who keep its consents."""
        return _seen(actor, alias)


class Correction(Model):
    """What somebody says is wrong, and the answer. `proposed` is how it should be, for what a tap can change."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(unique=True)
    person_id = fields.BigIntField()
    household_id = fields.BigIntField()
    township_id = fields.BigIntField()
    cooperative_id = fields.BigIntField(null=True)
    what = fields.CharField(max_length=12)
    proposed = fields.CharField(max_length=80, null=True)
    words = fields.CharField(max_length=500)
    user_id = fields.BigIntField()
    user_name = fields.CharField(max_length=80)
    asked_at = Instant()
    due_on = fields.DateField()
    state = fields.CharField(max_length=8, default="open")
    answer = fields.CharField(max_length=500, null=True)
    decided_by = fields.BigIntField(null=True)
    decided_by_name = fields.CharField(max_length=80, null=True)
    decided_at = Instant(null=True)

    class Meta:
        table = "consents_correction"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "x") -> Clause:
        """The household itself, and those who keep its consents."""
        return _seen(actor, alias)


class Erasure(Model):
    """Somebody's wish to be forgotten, and what became of it. `kept`, sealed with its own key, is what the law wants kept for a while;
    `files` are those still to be removed, as JSON."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(unique=True)
    person_id = fields.BigIntField()
    household_id = fields.BigIntField()
    township_id = fields.BigIntField()
    cooperative_id = fields.BigIntField(null=True)
    words = fields.CharField(max_length=500, null=True)
    asked_by = fields.BigIntField(null=True)
    asked_by_name = fields.CharField(max_length=80)
    asked_at = Instant()
    due_on = fields.DateField()
    state = fields.CharField(max_length=10, default="asked")
    answer = fields.CharField(max_length=500, null=True)
    decided_by = fields.BigIntField(null=True)
    decided_by_name = fields.CharField(max_length=80, null=True)
    decided_at = Instant(null=True)
    rows_changed = fields.IntField(null=True)
    kept = fields.TextField(null=True)
    kept_until = fields.DateField(null=True)
    files = fields.TextField(null=True)

    class Meta:
        table = "consents_erasure"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "z") -> Clause:
        """The household itself, and those who keep its consents."""
        return _seen(actor, alias)
