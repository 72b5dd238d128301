"""Accounts, transactions and their transfers, holds, closed periods."""

from tortoise import fields
from tortoise.models import Model

from pepperchain.core.fields import Instant


class Commodity(Model):
    """What an account holds: a product in grams, money in fen, seats of a class."""

    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(max_length=80, unique=True)
    unit = fields.CharField(max_length=10)

    class Meta:
        table = "ledger_commodity"


class Account(Model):
    """A place where one commodity can be. The four counters are moved by the database with each transfer and hold."""

    id = fields.BigIntField(primary_key=True)
    commodity_id = fields.BigIntField()
    kind = fields.CharField(max_length=30)
    ref = fields.CharField(max_length=60)
    side = fields.CharField(max_length=6)
    guarded = fields.BooleanField()
    township_id = fields.BigIntField(null=True)
    debits = fields.BigIntField(default=0)
    credits = fields.BigIntField(default=0)
    held_debits = fields.BigIntField(default=0)
    held_credits = fields.BigIntField(default=0)

    class Meta:
        table = "ledger_account"


class Transaction(Model):
    """Transfers that happened together; `seq` is the order in which this database took them."""

    seq = fields.BigIntField(primary_key=True)
    id = fields.UUIDField(unique=True)
    xact = fields.BigIntField(default=0)
    kind = fields.CharField(max_length=30)
    book = fields.CharField(max_length=60)
    effective_on = fields.DateField()
    recorded_at = Instant()
    actor_id = fields.BigIntField(null=True)
    township_id = fields.BigIntField(null=True)
    reverses_id = fields.UUIDField(null=True, unique=True)
    reason = fields.CharField(max_length=200, null=True)
    content_hash = fields.CharField(max_length=64)

    class Meta:
        table = "ledger_transaction"


class Transfer(Model):
    """One movement: the debit account gains `amount`, the credit account gives it."""

    id = fields.BigIntField(primary_key=True)
    transaction_id = fields.UUIDField()
    position = fields.IntField()
    debit_id = fields.BigIntField()
    credit_id = fields.BigIntField()
    commodity_id = fields.BigIntField()
    amount = fields.BigIntField()

    class Meta:
        table = "ledger_transfer"


class Hold(Model):
    """An amount reserved on both accounts until its outcome."""

    id = fields.UUIDField(primary_key=True)
    debit_id = fields.BigIntField()
    credit_id = fields.BigIntField()
    commodity_id = fields.BigIntField()
    amount = fields.BigIntField()
    purpose = fields.CharField(max_length=60)
    placed_at = Instant()
    expires_at = Instant()
    actor_id = fields.BigIntField(null=True)
    township_id = fields.BigIntField(null=True)
    content_hash = fields.CharField(max_length=64)

    class Meta:
        table = "ledger_hold"


class HoldOutcome(Model):
    """How a hold ended: it has one outcome or none yet."""

    hold_id = fields.UUIDField(primary_key=True)
    outcome = fields.CharField(max_length=10)
    amount = fields.BigIntField()
    transaction_id = fields.UUIDField(null=True)
    at = Instant()

    class Meta:
        table = "ledger_hold_outcome"


class Period(Model):
    """A book that takes no entry effective on or before a day, with what it added up to then."""

    id = fields.BigIntField(primary_key=True)
    book = fields.CharField(max_length=60)
    closed_through = fields.DateField()
    closed_at = Instant()
    closed_by = fields.BigIntField(null=True)
    trial: dict[str, object] = fields.JSONField()
    chain_hash = fields.CharField(max_length=64)

    class Meta:
        table = "ledger_period"
