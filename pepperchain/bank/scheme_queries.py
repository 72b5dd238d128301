"""Reading schemes and the versions of their terms."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.bank.models import Scheme
from pepperchain.bank.terms_rules import Terms, kept
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import EVERYTHING, Clause


@dataclass(frozen=True, slots=True)
class VersionRow:
    """Terms with the scheme that they belong to, and who answers for them."""

    id: int
    scheme_id: int
    scheme_code: str
    name_zh: str
    name_en: str
    operator_id: int | None
    number: int
    terms: Terms
    note: str | None
    state: str
    drafted_by: int | None
    drafted_by_name: str
    approved_by_name: str | None
    valid_from: date | None
    version: int

    def name(self, language: str) -> str:
        """What the scheme is called."""
        return self.name_en if language == "en" else self.name_zh


_VERSION = """
SELECT v.id, c.id, c.code, c.name_zh, c.name_en, c.operator_id, v.number, v.terms, v.note, v.state, v.drafted_by, v.drafted_by_name,
    v.approved_by_name, v.valid_from_on, v.version
FROM bank_scheme_version v JOIN bank_scheme c ON c.id = v.scheme_id
"""


def _version(*row: Any) -> VersionRow:
    values = list(row)
    values[7] = kept(json.loads(values[7]) if isinstance(values[7], str) else values[7])
    values[13] = None if values[13] is None else date.fromisoformat(str(values[13]))
    return VersionRow(*values)


async def version(actor: Actor, id: int) -> VersionRow:
    """One version. Missing: there is none, or its scheme is not the actor's to see."""
    return await _one(Clause("v.id = :id", {"id": id}) & Scheme.visible_to(actor))


async def version_unscoped(id: int) -> VersionRow:
    """The version of something that was looked up within its actor's scope."""
    return await _one(Clause("v.id = :id", {"id": id}) & EVERYTHING)


async def _one(which: Clause) -> VersionRow:
    found = await db.fetch_one(_version, f"{_VERSION} WHERE {which.sql}", **which.params)
    if found is None:
        raise Missing()
    return found


async def standing(actor: Actor, *, operator_id: int, on: date) -> list[VersionRow]:
    """The versions that an operator deposits under on a day: of each scheme the latest that is published and has begun."""
    seen = Scheme.visible_to(actor) & Clause(
        "(c.operator_id IS NULL OR c.operator_id = :operator_id)", {"operator_id": operator_id}
    )
    return await db.fetch(
        _version,
        f"{_VERSION} WHERE v.state = 'published' AND v.valid_from_on <= :on AND {seen.sql}"
        " AND NOT EXISTS (SELECT 1 FROM bank_scheme_version n WHERE n.scheme_id = v.scheme_id AND n.state = 'published'"
        " AND n.valid_from_on <= :on AND (n.valid_from_on, n.id) > (v.valid_from_on, v.id)) ORDER BY c.id",
        on=on,
        **seen.params,
    )


async def standing_of(actor: Actor, code: str, *, on: date) -> VersionRow | None:
    """The version of a scheme by its code that holds on a day, if there is one that the actor sees."""
    seen = Scheme.visible_to(actor) & Clause("c.code = :code", {"code": code})
    return await db.fetch_one(
        _version,
        f"{_VERSION} WHERE v.state = 'published' AND v.valid_from_on <= :on AND {seen.sql}"
        " ORDER BY v.valid_from_on DESC, v.id DESC LIMIT 1",
        on=on,
        **seen.params,
    )
