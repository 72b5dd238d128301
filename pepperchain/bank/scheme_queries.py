"""Reading schemes and the versions of their terms."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.bank.models import Scheme, SchemeVersion
from pepperchain.bank.terms_rules import Terms, kept
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.web.paging import Slice, cut, decode


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
    drafted_at: int
    approved_by_name: str | None
    published_at: int | None
    valid_from: date | None
    version: int
    owner: str | None

    def name(self, language: str) -> str:
        """What the scheme is called."""
        return self.name_en if language == "en" else self.name_zh


_VERSION = """
SELECT v.id, c.id, c.code, c.name_zh, c.name_en, c.operator_id, v.number, v.terms, v.note, v.state, v.drafted_by, v.drafted_by_name,
    v.drafted_at, v.approved_by_name, v.published_at, v.valid_from_on, v.version, o.short_name
FROM bank_scheme_version v JOIN bank_scheme c ON c.id = v.scheme_id LEFT JOIN directory_organization o ON o.id = c.operator_id
"""

_LATEST = (
    "NOT EXISTS (SELECT 1 FROM bank_scheme_version n WHERE n.scheme_id = v.scheme_id AND n.state = 'published'"
    " AND n.valid_from_on <= :on AND (n.valid_from_on, n.id) > (v.valid_from_on, v.id))"
)


def _version(*row: Any) -> VersionRow:
    values = list(row)
    values[7] = kept(json.loads(values[7]) if isinstance(values[7], str) else values[7])
    values[15] = None if values[15] is None else date.fromisoformat(str(values[15]))
    return VersionRow(*values)


async def version(actor: Actor, id: int) -> VersionRow:
    """One version. Missing: there is none, or it is not the actor's to see."""
    return await _one(Clause("v.id = :id", {"id": id}) & SchemeVersion.visible_to(actor))


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
        f" AND {_LATEST} ORDER BY c.id",
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


SCHEMES_A_PAGE = 30
UNDER_WAY_SHOWN = 50


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """A scheme by name, and whose it is; without an operator every operator may use it."""

    id: int
    code: str
    name_zh: str
    name_en: str
    operator_id: int | None
    owner: str | None

    def name(self, language: str) -> str:
        """What the scheme is called."""
        return self.name_en if language == "en" else self.name_zh


_SCHEME = """
SELECT c.id, c.code, c.name_zh, c.name_en, c.operator_id, o.short_name
FROM bank_scheme c LEFT JOIN directory_organization o ON o.id = c.operator_id
"""


async def scheme(actor: Actor, id: int) -> SchemeRow:
    """One scheme. Missing: there is none, or it is not the actor's to see."""
    which = Clause("c.id = :id", {"id": id}) & Scheme.visible_to(actor)
    found = await db.fetch_one(SchemeRow, f"{_SCHEME} WHERE {which.sql}", **which.params)
    if found is None:
        raise Missing()
    return found


async def under_way(scheme_id: int) -> int | None:
    """The version of a scheme that is drafted or proposed, if there is one; there is never more than one."""
    found: int | None = await db.scalar(
        "SELECT id FROM bank_scheme_version WHERE scheme_id = :id AND state IN ('draft', 'proposed')",
        id=scheme_id,
    )
    return found


async def last_number(scheme_id: int) -> int:
    """The highest number of a scheme's versions, dropped ones counted."""
    found: int | None = await db.scalar(
        "SELECT MAX(number) FROM bank_scheme_version WHERE scheme_id = :id", id=scheme_id
    )
    return found or 0


async def all_under_way(actor: Actor) -> list[VersionRow]:
    """Drafts and proposals that the actor may see, proposals first; no more than a page shows."""
    seen = SchemeVersion.visible_to(actor)
    return await db.fetch(
        _version,
        f"{_VERSION} WHERE v.state IN ('draft', 'proposed') AND {seen.sql}"
        " ORDER BY CASE v.state WHEN 'proposed' THEN 0 ELSE 1 END, v.scheme_id LIMIT :limit",
        limit=UNDER_WAY_SHOWN,
        **seen.params,
    )


async def schemes(
    actor: Actor, *, on: date, cursor: str | None = None, limit: int = SCHEMES_A_PAGE
) -> Slice[VersionRow]:
    """Each scheme's version that holds on a day, scheme by scheme; one that has none yet is left out."""
    seen = SchemeVersion.visible_to(actor)
    after = decode(cursor, int)
    if after is not None:
        seen &= Clause("v.scheme_id > :after", {"after": after[0]})
    rows = await db.fetch(
        _version,
        f"{_VERSION} WHERE v.state = 'published' AND v.valid_from_on <= :on AND {seen.sql} AND {_LATEST}"
        " ORDER BY v.scheme_id LIMIT :limit",
        on=on,
        limit=limit + 1,
        **seen.params,
    )
    return cut(rows, limit, lambda row: (row.scheme_id,))


async def versions(actor: Actor, scheme_id: int, *, limit: int = 50) -> list[VersionRow]:
    """A scheme's versions that the actor may see, the latest first."""
    seen = SchemeVersion.visible_to(actor) & Clause("v.scheme_id = :scheme_id", {"scheme_id": scheme_id})
    return await db.fetch(
        _version,
        f"{_VERSION} WHERE {seen.sql} ORDER BY v.number DESC LIMIT :limit",
        limit=limit,
        **seen.params,
    )
