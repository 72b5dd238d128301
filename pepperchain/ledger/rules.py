"""What a transaction is made of, and the hash by which the same one is known again."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

Side = Literal["debit", "credit"]
Unit = Literal["grams", "fen", "seats"]

# Made once: json.dumps makes an encoder for every call that is not all defaults.
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Leg:
    """One movement: account `debit` gains `amount` (a positive whole number of the commodity), account `credit` gives it."""

    debit: int
    credit: int
    amount: int

    def mirrored(self) -> "Leg":
        return Leg(debit=self.credit, credit=self.debit, amount=self.amount)


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account has in its own direction: posted, held by open holds, and what is left of it."""

    posted: int
    held: int

    @property
    def available(self) -> int:
        return self.posted - self.held


def content_hash(
    *,
    kind: str,
    book: str,
    effective_on: date | str,
    legs: Sequence[Leg],
    reason: str | None,
    reverses: UUID | str | None,
) -> str:
    """SHA-256 over all that a transaction says, so that an id sent again with another content is noticed."""
    legs_said = [[leg.debit, leg.credit, leg.amount] for leg in legs]
    said = [kind, book, str(effective_on), legs_said, reason, None if reverses is None else str(reverses)]
    return hashlib.sha256(_json(said).encode()).hexdigest()


def hold_hash(*, debit: int, credit: int, amount: int, purpose: str) -> str:
    """The same for a hold. Its expiry is not part of it: a retry may ask for a later one and means the same hold."""
    return hashlib.sha256(json.dumps([debit, credit, amount, purpose]).encode()).hexdigest()
