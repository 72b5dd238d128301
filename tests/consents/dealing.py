"""What the tests of this room do again and again, with the people of the village."""

from datetime import UTC, datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.consents import consents, reveals
from pepperchain.consents.consents import Answer, Proof
from pepperchain.consents.reveals import Revealed
from pepperchain.consents.rules import How, Number, purposes
from pepperchain.core import db
from pepperchain.core.ids import new_id

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
ADDRESS = "10.0.0.7"
ID_NUMBER = "110100196204180030"
BANK_CARD = "6200000000000000018"


async def person(name: str) -> int:
    """Somebody of the village, by a name that one of them has."""
    return int(await db.scalar("SELECT id FROM directory_person WHERE name = :name", name=name))


async def home_of(person_id: int) -> int:
    return int(await db.scalar("SELECT household_id FROM directory_person WHERE id = :id", id=person_id))


async def look(actor: Actor, person_id: int, **more: Any) -> Revealed:
    """A look at an ID number, to pay."""
    facts: dict[str, Any] = {
        "id": new_id(),
        "number": Number.ID_NUMBER,
        "reason": "payment",
        "words": "转六月货款",
        "address": ADDRESS,
        "now": NOW,
    }
    return await reveals.look(actor, person_id=person_id, **{**facts, **more})


async def answer(actor: Actor, person_id: int, purpose: str, *, is_given: bool = True, **more: Any) -> bool:
    """An answer on paper."""
    facts: dict[str, Any] = {
        "id": new_id(),
        "answers": {purpose: Answer(is_given, purposes()[purpose].version)},
        "proof": Proof(How.PAPER),
        "now": NOW,
    }
    return await consents.record(actor, person_id=person_id, **{**facts, **more})
