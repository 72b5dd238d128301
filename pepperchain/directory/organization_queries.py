"""Organizations and their relations, in the actor's scope; whom to call only for those who may know."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Missing, Refused
from pepperchain.core.sql import Clause
from pepperchain.core.words import N_
from pepperchain.directory.models import Organization
from pepperchain.directory.rules import TERM_LENGTH_MAX
from pepperchain.directory.search_queries import LAST

COUNT_MAX = 1000
RELATIONS_MAX = 200
KINDS = (
    "cooperative", "processor", "leading_enterprise", "association", "department", "bank", "cold_store_operator", "family_farm",
)  # fmt: skip
RELATIONS = ("supplies", "stores_at", "buys_from", "consortium_member", "task_force_of")


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """An organization; contact and phone are None for those who may not know them."""

    id: int
    kind: str
    name: str
    short_name: str
    credit_code: str | None
    township_id: int | None
    township: str | None
    township_en: str | None
    village_id: int | None
    address: str | None
    version: int
    ended_on: str | None
    contact_name: str | None
    contact_phone: str | None


_COLUMNS = (
    "o.id, o.kind, o.name, o.short_name, o.credit_code, o.township_id, t.name, t.name_en, o.village_id, o.address,"
    " o.version, o.ended_on"
)
_FROM = " FROM directory_organization o LEFT JOIN directory_area t ON t.id = o.township_id"


def _select(actor: Actor) -> tuple[str, dict[str, Any]]:
    contact = Organization.contact_visible_to(actor, "o")
    told = (
        f"CASE WHEN {contact.sql} THEN o.contact_name END, CASE WHEN {contact.sql} THEN o.contact_phone END"
    )
    return f"SELECT {_COLUMNS}, {told}{_FROM}", dict(contact.params)


async def get_organization(actor: Actor, id: int) -> OrganizationRow:
    """One organization. Raises Missing for those that the actor does not see."""
    scope = Organization.visible_to(actor, "o")
    select, params = _select(actor)
    params |= {**scope.params, "id": id}
    row = await db.fetch_one(OrganizationRow, f"{select} WHERE o.id = :id AND {scope.sql}", **params)
    if row is None:
        raise Missing()
    return row


def _clause(actor: Actor, kind: str | None, township_id: int | None) -> Clause:
    clause = Clause("o.ended_on IS NULL") & Organization.visible_to(actor, "o")
    if kind is not None:
        clause &= Clause("o.kind = :kind", {"kind": kind})
    if township_id is not None:
        clause &= Clause("o.township_id = :township", {"township": township_id})
    return clause


def _found(text: str) -> Clause:
    """Those with a name, pinyin or initials that hold the text from some place on; everyone for a blank text."""
    start = "".join(
        sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isprintable() and sign != " "
    )
    if not start:
        return Clause("TRUE")
    start = start[:TERM_LENGTH_MAX]
    return Clause(
        "o.id IN (SELECT w.organization_id FROM directory_organization_term w WHERE w.term >= :term AND w.term < :term_end)",
        {"term": start, "term_end": start + LAST},
    )


async def list_organizations(
    actor: Actor,
    *,
    text: str = "",
    kind: str | None = None,
    township_id: int | None = None,
    after: int | None = None,
    limit: int,
) -> list[OrganizationRow]:
    """Organizations in the order they were entered; `after` is the last id of the page before."""
    clause = _clause(actor, kind, township_id) & _found(text)
    if after is not None:
        clause &= Clause("o.id > :after", {"after": after})
    select, params = _select(actor)
    params |= {**clause.params, "limit": limit}
    return await db.fetch(
        OrganizationRow, f"{select} WHERE {clause.sql} ORDER BY o.id LIMIT :limit", **params
    )


async def count_organizations(
    actor: Actor, *, text: str = "", kind: str | None = None, township_id: int | None = None
) -> int:
    """How many there are, counted no further than one above `COUNT_MAX`."""
    clause = _clause(actor, kind, township_id) & _found(text)
    return int(
        await db.scalar(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM directory_organization o WHERE {clause.sql} LIMIT :most) counted",
            most=COUNT_MAX + 1,
            **clause.params,
        )
    )


@dataclass(frozen=True, slots=True)
class RelationRow:
    """One relation of an organization, seen from its side: `outgoing` if it is the one who supplies, stores or buys."""

    id: int
    kind: str
    outgoing: bool
    other_id: int
    other: str
    other_kind: str
    started_on: str
    ended_on: str | None
    version: int


async def relations_of(
    actor: Actor, organization_id: int, *, limit: int = RELATIONS_MAX
) -> list[RelationRow]:
    """Its relations in both directions, open ones first."""
    scope = Organization.visible_to(actor, "o")
    return await db.fetch(
        relation_row,
        "SELECT r.id, r.kind, r.from_id = :id, o.id, o.short_name, o.kind, r.started_on, r.ended_on, r.version"
        " FROM directory_organization_relation r"
        " JOIN directory_organization o ON o.id = CASE WHEN r.from_id = :id THEN r.to_id ELSE r.from_id END"
        f" WHERE (r.from_id = :id OR r.to_id = :id) AND {scope.sql}"
        " ORDER BY r.ended_on IS NOT NULL, r.started_on DESC, r.id DESC LIMIT :limit",
        id=organization_id,
        limit=limit,
        **scope.params,
    )


def relation_row(*row: Any) -> RelationRow:
    """A row as both engines give it."""
    return RelationRow(*(*row[:2], bool(row[2]), *row[3:]))


@dataclass(frozen=True, slots=True)
class LinkRow:
    """An open relation between two organizations; `grams` is how much goes between them, where it is known."""

    from_id: int
    from_name: str
    kind: str
    to_id: int
    to_name: str
    started_on: str
    grams: int | None = None


CANDIDATES_MAX = 20
NAMES_TOLD = 4


async def named(typed: str, *, field: str) -> int:
    """The one open organization that is meant: by a whole name, a credit code, or a part that only it has.

    Raises Refused, at the field, for what is not found or could be several.
    """
    start = typed.replace(" ", "").casefold()[:TERM_LENGTH_MAX]
    found = await db.tuples(
        "SELECT o.id, o.name, o.short_name, o.credit_code FROM directory_organization o WHERE o.ended_on IS NULL AND o.id IN ("
        "SELECT w.organization_id FROM directory_organization_term w WHERE w.term >= :start AND w.term < :stop"
        " UNION SELECT c.id FROM directory_organization c WHERE c.credit_code = :code) ORDER BY o.id LIMIT :most",
        start=start,
        stop=start + LAST,
        code=typed.upper(),
        most=CANDIDATES_MAX,
    )
    exact = [row for row in found if typed.casefold() in {str(name).casefold() for name in row[1:] if name}]
    fitting = exact or found
    if not fitting:
        raise Refused(N_("No organization is called so."), field)
    if len(fitting) > 1:
        names = ", ".join(row[1] for row in fitting[:NAMES_TOLD])
        raise Refused(
            N_("Several are called so: %(names)s. Write the whole name, or the credit code."),
            field,
            names=names,
        )
    return int(fitting[0][0])


async def cooperatives(actor: Actor) -> list[tuple[int, str]]:
    """Open cooperatives as (id, name) for a choice: those whose members the actor may enter."""
    rows = await list_organizations(actor, kind="cooperative", limit=COUNT_MAX)
    return [(row.id, row.short_name) for row in rows]
