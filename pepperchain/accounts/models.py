"""Users, sessions, tokens and tries."""

from datetime import datetime

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
