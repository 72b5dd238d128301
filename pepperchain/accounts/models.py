"""Users, sessions, tokens, tries, second steps, codes and invitations; what waits for a second person."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.fields import Instant
from pepperchain.core.sql import EVERYTHING, NOTHING, Clause


class User(Model):
    """Somebody who may sign in."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(unique=True)
    phone = fields.CharField(max_length=20, unique=True)
    phone_reversed = fields.TextField()
    name = fields.TextField()
    role = fields.CharField(max_length=20)
    organization_id = fields.BigIntField(null=True)
    household_id = fields.BigIntField(null=True)
    password_hash = fields.CharField(max_length=200)
    password_one_time = fields.BooleanField()
    password_request_id = fields.UUIDField(null=True)
    password_changed_at = Instant()
    language = fields.CharField(max_length=2)
    unit = fields.CharField(max_length=3)
    large_type = fields.BooleanField()
    disabled_at = Instant(null=True)
    created_at = Instant()
    version = fields.IntField(default=1)

    class Meta:
        table = "accounts_user"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "u") -> Clause:
        """Administrators see every user; everyone else sees themselves."""
        if actor.may(Capability.ACCOUNT_ADMINISTER):
            return EVERYTHING
        if actor.user_id is None:
            return NOTHING
        return Clause(f"{alias}.id = :scope_user", {"scope_user": actor.user_id})


class UserTownship(Model):
    """A township that a user's role works in."""

    id = fields.BigIntField(primary_key=True)
    user_id = fields.BigIntField()
    township_id = fields.BigIntField()

    class Meta:
        table = "accounts_user_township"
        unique_together = (("user_id", "township_id"),)


class Session(Model):
    """One browser that is signed in. Ending it removes the row."""

    id = fields.UUIDField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    user_id = fields.BigIntField()
    created_at = Instant()
    seen_at = Instant()
    expires_at = Instant()
    address = fields.CharField(max_length=64)
    agent = fields.CharField(max_length=200)

    class Meta:
        table = "accounts_session"


class Token(Model):
    """Lets a program act as its user, within scopes, until a day."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(unique=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    user_id = fields.BigIntField()
    label = fields.CharField(max_length=80)
    scopes = fields.CharField(max_length=1000)
    created_at = Instant()
    expires_at = Instant()
    revoked_at = Instant(null=True)
    seen_at = Instant(null=True)

    class Meta:
        table = "accounts_token"

    def is_alive(self, now: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > now


class Attempt(Model):
    """How often one phone, one address, or everybody together tried to sign in since a moment."""

    subject = fields.CharField(max_length=80, primary_key=True)
    began_at = Instant()
    tries = fields.BigIntField()

    class Meta:
        table = "accounts_attempt"


class SecondStep(Model):
    """The authenticator app of a user; it counts once it is confirmed. `last_step` is the newest time step that was used."""

    user_id = fields.BigIntField(primary_key=True, generated=False)
    secret_sealed = fields.BinaryField()
    begun_at = Instant()
    confirmed_at = Instant(null=True)
    last_step = fields.BigIntField(default=0)
    codes_request_id = fields.UUIDField(null=True)

    class Meta:
        table = "accounts_second_step"


class RecoveryCode(Model):
    """Opens once for whoever lost the app. A used one is gone."""

    id = fields.BigIntField(primary_key=True)
    user_id = fields.BigIntField()
    code_hash = fields.CharField(max_length=64)

    class Meta:
        table = "accounts_recovery_code"
        unique_together = (("user_id", "code_hash"),)


class HalfSession(Model):
    """A browser whose password was right and whose second step is awaited. It opens nothing."""

    id = fields.UUIDField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    user_id = fields.BigIntField()
    created_at = Instant()
    expires_at = Instant()
    tries = fields.IntField(default=0)

    class Meta:
        table = "accounts_half_session"


class SignInCode(Model):
    """The one code that a user may sign in with instead of their password, for some minutes. A used one is gone."""

    user_id = fields.BigIntField(primary_key=True, generated=False)
    code_hash = fields.CharField(max_length=64)
    created_at = Instant()
    expires_at = Instant()
    tries = fields.IntField(default=0)

    class Meta:
        table = "accounts_sign_in_code"


class Invitation(Model):
    """Lets somebody make their own account, once. `cooperative_id` is the inviter's organization; administrators have none."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(unique=True)
    secret_hash = fields.CharField(max_length=64, unique=True)
    inviter_id = fields.BigIntField()
    cooperative_id = fields.BigIntField(null=True)
    phone = fields.CharField(max_length=20)
    role = fields.CharField(max_length=20)
    organization_id = fields.BigIntField(null=True)
    household_id = fields.BigIntField(null=True)
    created_at = Instant()
    expires_at = Instant()
    revoked_at = Instant(null=True)
    accepted_at = Instant(null=True)
    user_id = fields.BigIntField(null=True)

    class Meta:
        table = "accounts_invitation"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "i") -> Clause:
        """Administrators see all; a cooperative's leaders those of their cooperative."""
        if actor.may(Capability.ACCOUNT_ADMINISTER):
            return EVERYTHING
        if actor.organization_id is None or not actor.may(Capability.ACCOUNT_INVITE):
            return NOTHING
        return Clause(f"{alias}.cooperative_id = :scope_org", {"scope_org": actor.organization_id})


class InvitationTownship(Model):
    """A township that an invited technician will work in."""

    id = fields.BigIntField(primary_key=True)
    invitation_id = fields.BigIntField()
    township_id = fields.BigIntField()

    class Meta:
        table = "accounts_invitation_township"
        unique_together = (("invitation_id", "township_id"),)


class Approval(Model):
    """Something that one person proposed and another must approve; `needs` is the capability of whoever may."""

    id = fields.BigIntField(primary_key=True)
    request_id = fields.UUIDField(unique=True)
    what = fields.CharField(max_length=40)
    subject = fields.CharField(max_length=40)
    subject_id = fields.CharField(max_length=40)
    needs = fields.CharField(max_length=40)
    payload: fields.JSONField[dict[str, Any]] = fields.JSONField()
    maker_id = fields.BigIntField()
    made_at = Instant()
    state = fields.CharField(max_length=10, default="waiting")
    checker_id = fields.BigIntField(null=True)
    decided_at = Instant(null=True)
    reason = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "accounts_approval"

    @staticmethod
    def visible_to(actor: Actor, alias: str = "a") -> Clause:
        """Whoever may decide sees it, and whoever made it."""
        needs = [each.value for each in Capability if actor.may(each)]
        return Clause(
            f"({alias}.needs IN :scope_needs OR {alias}.maker_id = :scope_user)",
            {"scope_needs": needs, "scope_user": actor.user_id or 0},
        )
