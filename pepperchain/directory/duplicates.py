"""Who may be entered already: the same phone, the same ID number, or a name that sounds alike in the same village.

A person is warned, not stopped. Of people outside the actor's scope only the fact is told, never a name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pepperchain.access.actor import Actor
from pepperchain.core import db, vault
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory.queries import GrowerHit, get_area, hits
from pepperchain.directory.reading_rules import readings
from pepperchain.directory.rules import TermKind

EACH_MAX = 5
Reason = Literal["phone", "id_number", "name"]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Somebody who may be the same; `hit` is None for people whom the actor does not see."""

    reason: Reason
    hit: GrowerHit | None


class Suspected(Refused):
    """Somebody like that is entered already; the same form with `confirmed` goes through."""

    def __init__(self, likenesses: Sequence[Likeness]) -> None:
        super().__init__(
            N_(
                "This may be somebody who is entered already. Look at them below; if it is not, confirm and save again."
            )
        )
        self.likenesses = tuple(likenesses)


async def likely(
    actor: Actor,
    *,
    village_id: int,
    name: str | None,
    phone: str | None,
    id_number: str | None,
    besides: int | None = None,
    household_id: int | None = None,
) -> list[Likeness]:
    """Everyone who may be the person described; `besides` is the person themselves, whose household may share a phone."""
    found: list[Likeness] = []
    if id_number is not None:
        matched = await _with(
            "p.id_number_hash = :value", fingerprint_of("id_number", id_number), besides=besides
        )
        found += await _told(actor, "id_number", matched)
    if phone is not None:
        matched = await _with("p.phone = :value", phone, besides=besides, household_id=household_id)
        found += await _told(actor, "phone", matched)
    if name is not None:
        alike = await _sounding(name, village_id, besides=besides)
        # A name says little: of people the actor does not see, not even that they are there is told.
        found += [like for like in await _told(actor, "name", alike) if like.hit is not None]
    return _once(found)


def _once(found: Sequence[Likeness]) -> list[Likeness]:
    """Everybody for the strongest reason only; of those outside the scope, each reason once."""
    told: dict[int | Reason, Likeness] = {}
    for like in found:
        told.setdefault(like.reason if like.hit is None else like.hit.person_id, like)
    return list(told.values())


def fingerprint_of(kind: str, value: str) -> str:
    """What an ID number or a bank card is matched by."""
    return vault.fingerprint(value, kind=kind)


async def _with(
    condition: str, value: str, *, besides: int | None, household_id: int | None = None
) -> list[int]:
    return await db.fetch(
        int,
        f"SELECT p.id FROM directory_person p WHERE {condition} AND p.left_on IS NULL AND p.id <> :besides"
        " AND p.household_id <> :household ORDER BY p.id LIMIT :most",
        value=value,
        besides=besides or 0,
        household=household_id or 0,
        most=EACH_MAX,
    )


async def _sounding(name: str, village_id: int, *, besides: int | None) -> list[int]:
    village = await get_area(village_id)
    return await db.fetch(
        int,
        "SELECT DISTINCT s.person_id FROM directory_term s JOIN directory_person p ON p.id = s.person_id"
        f" JOIN directory_household h ON h.id = p.household_id WHERE s.township_id = :township AND s.kind = '{TermKind.PINYIN.value}'"
        " AND s.term IN :spelled AND h.village_id = :village AND s.person_id <> :besides ORDER BY s.person_id LIMIT :most",
        township=village.township_id,
        spelled=sorted({reading.joined for reading in readings(name)}),
        village=village_id,
        besides=besides or 0,
        most=EACH_MAX,
    )


async def _told(actor: Actor, reason: Reason, person_ids: Sequence[int]) -> list[Likeness]:
    """Those in scope one by one; all the others together as one nameless line."""
    seen = await hits(actor, person_ids)
    told = [Likeness(reason, hit) for hit in seen]
    return [*told, Likeness(reason, None)] if len(seen) < len(person_ids) else told
