"""The keys of people, households, accounts and what is written about them: made when first needed, destroyed when somebody is erased.

Each is sealed with the installation's secret. What was sealed with a key that is destroyed can be read by nobody any more.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from pepperchain.core import db, vault
from pepperchain.core.sql import insert_text

ASKED_AT_ONCE = 400
_COLUMNS = ("kind", "owner_id", "sealed")
_INSERT = f"{insert_text('audit_key', _COLUMNS)} ON CONFLICT DO NOTHING"
_SELECT = "SELECT k.owner_id, k.sealed FROM audit_key k WHERE k.kind = :kind AND k.owner_id IN :ids"
_DESTROY = "UPDATE audit_key SET sealed = NULL, destroyed_at = :now WHERE kind = :kind AND owner_id = :id AND sealed IS NOT NULL"
_NEVER = (
    "INSERT INTO audit_key (kind, owner_id, destroyed_at) VALUES (:kind, :id, :now) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a key is: a kind of subject of the trail, and its id."""

    kind: str
    id: str

    @property
    def about(self) -> str:
        """What a sealed key is bound to."""
        return f"audit_key:{self.kind}:{self.id}"


Keys = Mapping[Owner, vault.Key]


async def known(owners: Collection[Owner]) -> Keys:
    """The keys that are there; whoever has none or was erased is left out."""
    found = await _rows(owners)
    return {owner: vault.opened_key(sealed, about=owner.about) for owner, sealed in found.items() if sealed}


async def made(owners: Collection[Owner]) -> Keys:
    """The keys of all of these, made where there is none yet; whoever was erased is left out. Part of a unit of work."""
    found = await _rows(owners)
    new = [each for each in dict.fromkeys(owners) if each not in found]
    if new:
        rows = [
            {"kind": each.kind, "owner_id": each.id, "sealed": vault.new_key(about=each.about)}
            for each in new
        ]
        await db.execute_many(_INSERT, rows)
        found |= await _rows(new)
    return {owner: vault.opened_key(sealed, about=owner.about) for owner, sealed in found.items() if sealed}


async def destroy(owners: Collection[Owner], *, now: datetime) -> int:
    """Nothing that was sealed for these can be opened from now on; how many keys it were. Part of a unit of work."""
    gone = 0
    for each in owners:
        gone += await db.execute(_DESTROY, kind=each.kind, id=each.id, now=now)
        await db.execute(_NEVER, kind=each.kind, id=each.id, now=now)
    return gone


async def _rows(owners: Collection[Owner]) -> dict[Owner, bytes | None]:
    found: dict[Owner, bytes | None] = {}
    for kind in sorted({each.kind for each in owners}):
        ids = sorted({each.id for each in owners if each.kind == kind})
        for start in range(0, len(ids), ASKED_AT_ONCE):
            rows = await db.tuples(_SELECT, kind=kind, ids=ids[start : start + ASKED_AT_ONCE])
            found |= {Owner(kind, id): None if sealed is None else bytes(sealed) for id, sealed in rows}
    return found
