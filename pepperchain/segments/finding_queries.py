"""Finding the households of a segment, in the actor's scope, a bounded stretch of them at a time.

Households are looked through in the order of their ids. What narrows them by an index of their own (place, cooperative, tag) decides
which are looked at; each of those is then asked the rest, which is a step of an index for each condition.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock, db
from pepperchain.core.errors import NotYours, Refused
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.directory.criterion_rules import Field, Repertoire, Values
from pepperchain.directory.models import Household
from pepperchain.segments.rules import (
    NO_LONGER,
    Condition,
    Criteria,
    Group,
    Match,
    bounds,
    check_values,
    known,
)
from pepperchain.web.i18n import gettext

AUDIENCE_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Question:
    """A segment's criteria for one actor and day: which households are looked at, and what each of them is asked."""

    scope: Clause
    narrow: Clause
    rest: Clause

    def parts(self) -> list[Clause]:
        """The stretches of indexes that hold those to look at; the townships of a technician are one each."""
        whole = self.scope & self.narrow
        return [whole] if self.narrow is not EVERYTHING else whole.apart()


async def question(actor: Actor, repertoire: Repertoire, criteria: Criteria, *, today: date) -> Question:
    """Refused: a condition that can no longer be asked, above all one that names what is gone. NotYours: one the actor may not ask."""
    actor.require(Capability.SEGMENT_READ)
    actor.require(Capability.DIRECTORY_READ)
    scope = Clause("h.ended_on IS NULL") & Household.visible_to(actor, "h")
    narrow, rest = EVERYTHING, EVERYTHING
    clauses = []
    for place, condition in enumerate(criteria.conditions()):
        clauses.append((await _clause(actor, repertoire, condition, today)).named(f"c{place}_"))
    at = iter(clauses)
    whole: list[Clause] = []
    for group in criteria.groups:
        own = [(condition, next(at)) for condition in group.conditions]
        if _is_plain(criteria, group):
            for condition, clause in own:
                if repertoire.criteria[condition.key].narrows and not condition.negated:
                    narrow = clause if narrow is EVERYTHING else narrow & clause
                else:
                    rest = _also(rest, clause)
        else:
            joined = _joined([clause for _, clause in own], group.match)
            whole.append(joined.negated() if group.negated else joined)
    if whole:
        rest = _also(rest, _joined(whole, criteria.match))
    return Question(scope, narrow, rest)


def _is_plain(criteria: Criteria, group: Group) -> bool:
    """Whether each condition of the group must be so, for every household of the segment."""
    all_needed = criteria.match is Match.ALL or len(criteria.groups) == 1
    each_needed = group.match is Match.ALL or len(group.conditions) == 1
    return all_needed and each_needed and not group.negated


def _also(so_far: Clause, more: Clause) -> Clause:
    return more if so_far is EVERYTHING else so_far & more


def _joined(clauses: Sequence[Clause], match: Match) -> Clause:
    params: dict[str, Any] = {}
    for clause in clauses:
        params |= clause.params
    word = " AND " if match is Match.ALL else " OR "
    return Clause(f"({word.join(f'({clause.sql})' for clause in clauses)})", params)


async def _clause(actor: Actor, repertoire: Repertoire, condition: Condition, today: date) -> Clause:
    criterion = known(repertoire.criteria, condition.key)
    if not actor.may(criterion.needs):
        raise NotYours()
    await check(actor, criterion.label, criterion.fields, condition.values)
    clause = criterion.clause(actor, condition.values, today)
    return clause.negated() if condition.negated else clause


async def check(actor: Actor, label: str, fields: tuple[Field, ...], values: Values) -> None:
    """Refused: values that do not fit the fields, or that name what is gone, such as a tag that was removed."""
    check_values(gettext(label), fields, values)
    for each in fields:
        if each.options is not None and each.kind.is_chosen:
            options = await (each.known or each.options)(actor)
            if values[each.name] not in {value for value, _ in options}:
                raise Refused(NO_LONGER, label=gettext(label))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some households of a segment, and how far was looked for them; `is_last` when there is nothing beyond."""

    ids: list[int]
    through: int
    looked: int
    is_last: bool


async def stretch(asked: Question, *, above: int, width: int, limit: int) -> Stretch:
    """The next households above an id: at most `limit`, and none beyond the `width` that are looked through."""
    looked_at, params = _looked_at(asked, above, width)
    rows = await db.tuples(
        f"SELECT h.id FROM ({looked_at}) c JOIN directory_household h ON h.id = c.id WHERE {asked.rest.sql}"
        " ORDER BY h.id LIMIT :limit",
        limit=limit,
        **params,
    )
    ids = [int(id) for (id,) in rows]
    if len(ids) == limit:
        # More may stand in the same stretch: the next one begins after the last that was found.
        params["through"] = ids[-1]
        looked = await db.scalar(f"SELECT COUNT(*) FROM ({looked_at}) c WHERE c.id <= :through", **params)
        return Stretch(ids, ids[-1], int(looked), False)
    ((count, through),) = await db.tuples(f"SELECT COUNT(*), MAX(c.id) FROM ({looked_at}) c", **params)
    return Stretch(ids, int(through or above), int(count), int(count) < width)


def _looked_at(asked: Question, above: int, width: int) -> tuple[str, dict[str, Any]]:
    params: dict[str, Any] = {"above": above, "width": width, **asked.rest.params}
    texts = []
    for place, part in enumerate(asked.parts()):
        params |= part.params
        texts.append(
            f"SELECT * FROM (SELECT h.id FROM directory_household h WHERE {part.sql} AND h.id > :above"
            f" ORDER BY h.id LIMIT :width) part_{place}"
        )
    if len(texts) == 1:
        return texts[0], params
    return (
        f"SELECT listed.id FROM ({' UNION ALL '.join(texts)}) listed ORDER BY listed.id LIMIT :width",
        params,
    )


@dataclass(frozen=True, slots=True)
class Preview:
    """How many households a segment has, as far as a page may look; exact when `is_whole` and not above the cap."""

    number: int
    looked: int
    is_whole: bool

    @property
    def is_exact(self) -> bool:
        """Whether the number is all there are."""
        return self.is_whole and self.number <= bounds().preview_count


async def preview(asked: Question) -> Preview:
    """Counts among the first households, no further than one above the cap. The work is bounded whatever is asked."""
    limits = bounds()
    looked_at, params = _looked_at(asked, 0, limits.preview_households)
    number = await db.scalar(
        f"SELECT COUNT(*) FROM (SELECT 1 FROM ({looked_at}) c JOIN directory_household h ON h.id = c.id"
        f" WHERE {asked.rest.sql} LIMIT :most) counted",
        most=limits.preview_count + 1,
        **params,
    )
    looked = await db.scalar(f"SELECT COUNT(*) FROM ({looked_at}) c", **params)
    return Preview(int(number), int(looked), int(looked) < limits.preview_households)


async def total(asked: Question) -> int:
    """How many households will be looked through: for a bar, in a job. One pass over an index."""
    whole = asked.scope & asked.narrow
    return int(
        await db.scalar(f"SELECT COUNT(*) FROM directory_household h WHERE {whole.sql}", **whole.params)
    )


async def still_theirs(actor: Actor, ids: Sequence[int]) -> list[int]:
    """Those of some households that the actor sees and that have not ended, in their order."""
    scope = Household.visible_to(actor, "h")
    rows = await db.tuples(
        f"SELECT h.id FROM directory_household h WHERE h.id IN :ids AND h.ended_on IS NULL AND {scope.sql} ORDER BY h.id",
        ids=list(ids),
        **scope.params,
    )
    return [int(id) for (id,) in rows]


async def households(
    actor: Actor, repertoire: Repertoire, criteria: Criteria, *, now: datetime, chunk: int = AUDIENCE_CHUNK
) -> AsyncIterator[list[int]]:
    """All households of a segment, some at a time, in the order of their ids; see `segments.audience`."""
    asked = await question(actor, repertoire, criteria, today=clock.local_day(now))
    above, is_last = 0, False
    while not is_last:
        found = await stretch(asked, above=above, width=bounds().list_households, limit=chunk)
        above, is_last = found.through, found.is_last
        if found.ids:
            yield found.ids


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A household of a segment, as its list shows it."""

    id: int
    card_number: str
    head: str
    village: str
    village_en: str
    township: str
    township_en: str
    group_number: int | None
    area_centimu: int
    phone: str | None
    cooperative: str | None


async def members(actor: Actor, ids: Sequence[int]) -> list[MemberRow]:
    """What a list shows of some households, in the order of their ids."""
    if not ids:
        return []
    scope = Household.visible_to(actor, "h")
    return await db.fetch(
        MemberRow,
        "SELECT h.id, h.card_number, p.name, v.name, v.name_en, t.name, t.name_en, h.group_number, h.area_centimu,"
        " COALESCE(k.phone, p.phone), o.short_name FROM directory_household h JOIN directory_person p ON p.id = h.head_id"
        " JOIN directory_area v ON v.id = h.village_id JOIN directory_area t ON t.id = h.township_id"
        " LEFT JOIN directory_person k ON k.id = h.contact_person_id LEFT JOIN directory_organization o ON o.id = h.cooperative_id"
        f" WHERE h.id IN :ids AND {scope.sql} ORDER BY h.id",
        ids=list(ids),
        **scope.params,
    )
