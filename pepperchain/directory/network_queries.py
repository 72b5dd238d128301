"""Whom an organization works with, page by page, and how much goes between them, in the actor's scope."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.directory.models import Organization
from pepperchain.directory.network_rules import Flow, pair_of
from pepperchain.directory.organization_queries import LinkRow, RelationRow, relation_row

LINKS_MAX = 4_000
BETWEEN_MAX = 400
_ARMS = ((True, "from_id", "to_id"), (False, "to_id", "from_id"))


async def list_relations(
    actor: Actor,
    organization_id: int,
    *,
    ended: bool = False,
    kind: str | None = None,
    outgoing: bool | None = None,
    before: int | None = None,
    limit: int,
) -> list[RelationRow]:
    """Its relations, those that were entered last first; `before` is the last id of the page before."""
    scope = Organization.visible_to(actor, "o")
    narrowed = f" AND r.ended_on IS {'NOT ' if ended else ''}NULL"
    narrowed += " AND r.kind = :kind" if kind is not None else ""
    narrowed += " AND r.id < :before" if before is not None else ""
    # Each way by its own index, which ends where the page does.
    arms = [
        f"SELECT * FROM (SELECT r.id, r.kind, {'TRUE' if out else 'FALSE'} AS outgoing, o.id AS other_id, o.short_name, o.kind AS"
        " other_kind, r.started_on, r.ended_on, r.version FROM directory_organization_relation r"
        f" JOIN directory_organization o ON o.id = r.{theirs} WHERE r.{ours} = :id{narrowed} AND {scope.sql}"
        " ORDER BY r.id DESC LIMIT :limit) arm"
        for out, ours, theirs in _ARMS
        if outgoing in (None, out)
    ]
    given = {"kind": kind, "before": before}
    return await db.fetch(
        relation_row,
        f"{' UNION ALL '.join(arms)} ORDER BY 1 DESC LIMIT :limit",
        id=organization_id,
        limit=limit,
        **{name: value for name, value in given.items() if value is not None},
        **scope.params,
    )


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many relations of a kind an organization has, one way."""

    kind: str
    outgoing: bool
    open: int
    ended: int


async def counts(organization_id: int) -> list[KindCount]:
    """Its relations, counted by kind and way."""
    arms = [
        f"SELECT r.kind, {'TRUE' if out else 'FALSE'} AS outgoing, SUM(CASE WHEN r.ended_on IS NULL THEN 1 ELSE 0 END),"
        f" SUM(CASE WHEN r.ended_on IS NULL THEN 0 ELSE 1 END) FROM directory_organization_relation r WHERE r.{ours} = :id GROUP BY r.kind"
        for out, ours, _ in _ARMS
    ]
    return await db.fetch(
        lambda kind, outgoing, now, before: KindCount(kind, bool(outgoing), int(now), int(before)),
        f"{' UNION ALL '.join(arms)} ORDER BY 1, 2",
        id=organization_id,
    )


async def own_links(actor: Actor, organization_id: int) -> list[LinkRow]:
    """Its open relations, the oldest first."""
    return await _links(actor, "(r.from_id = :id OR r.to_id = :id)", {"id": organization_id}, limit=LINKS_MAX)


async def links_between(actor: Actor, ids: Collection[int]) -> list[LinkRow]:
    """The open relations that some organizations have with each other."""
    if len(ids) < 2:
        return []
    return await _links(
        actor, "r.from_id IN :ids AND r.to_id IN :ids", {"ids": sorted(ids)}, limit=BETWEEN_MAX
    )


async def _links(actor: Actor, which: str, params: Mapping[str, object], *, limit: int) -> list[LinkRow]:
    one, other = Organization.visible_to(actor, "f"), Organization.visible_to(actor, "t")
    return await db.fetch(
        LinkRow,
        "SELECT r.from_id, f.short_name, r.kind, r.to_id, t.short_name, r.started_on FROM directory_organization_relation r"
        " JOIN directory_organization f ON f.id = r.from_id JOIN directory_organization t ON t.id = r.to_id"
        f" WHERE {which} AND r.ended_on IS NULL AND {one.sql} AND {other.sql} ORDER BY r.started_on, r.id LIMIT :limit",
        limit=limit,
        **{**params, **one.params, **other.params},
    )


async def weighed(
    actor: Actor, flows: Sequence[Flow], organization_id: int, links: Sequence[LinkRow], today: date
) -> list[LinkRow]:
    """The links around an organization with their grams, where a room knows them and the actor may."""
    known: dict[str, Mapping[tuple[int, int], int]] = {}
    for flow in flows:
        pairs = {pair_of(each.kind, each.from_id, each.to_id) for each in links if each.kind in flow.kinds}
        if flow.gives is None:
            pairs = {pair for pair in pairs if pair[1] == organization_id}
        if pairs and actor.may(flow.needs):
            found = await flow.grams(actor, pairs, today)
            known |= dict.fromkeys(flow.kinds, found)
    return [
        replace(each, grams=known.get(each.kind, {}).get(pair_of(each.kind, each.from_id, each.to_id)))
        for each in links
    ]


@dataclass(frozen=True, slots=True)
class Sum:
    """What goes out of an organization or comes into it, over all relations of a kind; `number` is of how many."""

    words: str
    grams: int
    number: int


def sums(flows: Sequence[Flow], organization_id: int, links: Sequence[LinkRow]) -> list[Sum]:
    """What comes in and what goes out, for each kind of which something is known."""
    found = []
    for flow in flows:
        # Who is a supplier and sold to as well is one pair, and counts once.
        known = {
            pair_of(each.kind, each.from_id, each.to_id): each.grams
            for each in links
            if each.kind in flow.kinds and each.grams
        }
        for side, words in ((1, flow.takes), (0, flow.gives)):
            grams = [value for pair, value in known.items() if pair[side] == organization_id]
            if grams and words is not None:
                found.append(Sum(words, sum(grams), len(grams)))
    return found
