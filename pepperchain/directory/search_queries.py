"""Finding people as somebody types: ranges of `directory_term`, each read through the index of the actor's own scope.

Every arm of the search is one short stretch of one index, in its order, so that a search among 620,000 people touches some
dozens of rows, whatever was typed.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.directory.models import Person, Term
from pepperchain.directory.reading_rules import is_chinese, typed_letters
from pepperchain.directory.rules import PHONE_DIGITS, TERM_LENGTH_MAX, TermKind

TEXT_LENGTH_MAX = 60
NARROWED_MAX = 2000
LAST = "\U0010ffff"  # sorts after every character: the end of what begins with a text
_CARD_DIGITS_MIN = 3
_PHONE_START_MIN = 7
_RUNS = re.compile(r"[0-9]+|[a-z\u00c0-\u024f'·]+|[^\s0-9a-z\u00c0-\u024f'·]+")

T = TypeVar("T")

_EXACT, _START, _INSIDE_EXACT, _INSIDE = range(4)


@dataclass(frozen=True, slots=True)
class Probe:
    """A stretch of the index: terms of one kind that begin with `start`."""

    kind: TermKind
    start: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look for: people that any of `probes` finds and every one of `also` finds too."""

    probes: tuple[Probe, ...] = ()
    also: tuple[tuple[Probe, ...], ...] = ()
    phone_start: str | None = None


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Conditions on the person `p` and the household `h` of a hit, beyond the actor's scope."""

    township_id: int | None = None
    clause: Clause = field(default_factory=lambda: EVERYTHING)


def plans(text: str) -> list[Plan]:
    """How to look for a text, the likelier first; the next is tried only when the one before finds nobody."""
    plain = unicodedata.normalize("NFKC", text).casefold()[:TEXT_LENGTH_MAX]
    runs = _RUNS.findall("".join(sign if sign.isprintable() else " " for sign in plain))
    digits = "".join(run for run in runs if run.isascii() and run.isdigit())
    words = [
        letters
        for run in runs
        if not run.isdigit() and not is_chinese(run) and (letters := typed_letters(run))
    ]
    spoken = "".join(run for run in runs if is_chinese(run))
    names = _by_name(spoken) if spoken else ()
    spelled = _by_letters("".join(words)) if words else ()
    if digits:
        numbers = _by_number(digits)
        others = tuple(probes for probes in (names, spelled) if probes)
        start = digits if digits.startswith("1") and _PHONE_START_MIN <= len(digits) < PHONE_DIGITS else None
        return [Plan(numbers, others, start)]
    if names and spelled:
        return [Plan(names[:1] if is_chinese(runs[0]) else names, (spelled,))]
    if len(words) > 1:
        family, rest = words[0], "".join(words[1:])
        return [Plan(spelled), Plan((Probe(TermKind.GIVEN, rest),), ((Probe(TermKind.PINYIN, family),),))]
    return [Plan(names or spelled)] if names or spelled else []


def _by_name(spoken: str) -> tuple[Probe, ...]:
    start = spoken.replace("·", "")[:TERM_LENGTH_MAX]
    return Probe(TermKind.NAME, start), Probe(TermKind.SUFFIX, start)


def _by_letters(letters: str) -> tuple[Probe, ...]:
    start = letters[:TERM_LENGTH_MAX]
    return Probe(TermKind.INITIALS, start), Probe(TermKind.PINYIN, start), Probe(TermKind.GIVEN, start)


def _by_number(digits: str) -> tuple[Probe, ...]:
    phone = Probe(TermKind.PHONE, digits[::-1])
    return (phone, Probe(TermKind.CARD, digits)) if len(digits) >= _CARD_DIGITS_MIN else (phone,)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is read of the people found: columns, and the joins from the person `p` and the household `h` that they need."""

    columns: str
    joins: str = ""


@lru_cache(maxsize=1024)
def _statement(
    wanted: Wanted,
    probes: tuple[TermKind, ...],
    scopes: tuple[str, ...],
    also: tuple[tuple[TermKind, ...], ...],
    narrowed: str,
    phone_scope: str | None,
) -> str:
    """The search as SQL: one arm for each probe and each part of the scope, in the order of the index that serves it.

    Its text depends on what kind of thing was typed and not on what, so that both engines keep it prepared.
    """
    arms = [
        f"SELECT CASE WHEN s.term = :from_{place} THEN {exact} ELSE {start} END AS rank, s.term, s.person_id"
        f" FROM directory_term s WHERE s.kind = '{kind.value}' AND s.term >= :from_{place} AND s.term < :to_{place}"
        f" AND {scope} ORDER BY s.term LIMIT :each"
        for place, kind in enumerate(probes)
        for exact, start in [_ranks(kind)]
        for scope in scopes
    ]
    if phone_scope is not None:
        arms.append(
            f"SELECT {_START} AS rank, q.phone AS term, q.id AS person_id FROM directory_person q WHERE q.phone >= :phone_from"
            f" AND q.phone < :phone_to AND q.left_on IS NULL AND {phone_scope} ORDER BY q.phone LIMIT :each"
        )
    union = " UNION ALL ".join(f"SELECT * FROM ({arm}) arm_{place}" for place, arm in enumerate(arms))
    filters = [_also(group, kinds) for group, kinds in enumerate(also)]
    joins = ""
    if narrowed:
        filters.append(narrowed)
        joins = " JOIN directory_person p ON p.id = found.person_id JOIN directory_household h ON h.id = p.household_id"
    where = f" WHERE {' AND '.join(filters)}" if filters else ""
    best = (
        f"SELECT found.person_id, MIN(found.rank) AS rank, MIN(found.term) AS term FROM ({union}) found{joins}{where}"
        " GROUP BY found.person_id ORDER BY 2, 3, 1 DESC LIMIT :limit"
    )
    return (
        f"SELECT {wanted.columns} FROM ({best}) best JOIN directory_person p ON p.id = best.person_id"
        f" JOIN directory_household h ON h.id = p.household_id{wanted.joins}"
        " ORDER BY best.rank, best.term, best.person_id DESC"
    )


def _ranks(kind: TermKind) -> tuple[int, int]:
    """How well somebody fits whose term is the text, and whose term only begins with it."""
    inside = kind in (TermKind.SUFFIX, TermKind.GIVEN)
    return (_INSIDE_EXACT, _INSIDE) if inside else (_EXACT, _START)


def _also(group: int, kinds: Sequence[TermKind]) -> str:
    """A condition that no stretch of the index knows; it looks at the first two thousand of each arm."""
    ways = " OR ".join(
        f"(w.kind = '{kind.value}' AND w.term >= :also_{group}_{place} AND w.term < :also_to_{group}_{place})"
        for place, kind in enumerate(kinds)
    )
    # Not EXISTS: PostgreSQL would turn it round and read all of a surname's terms.
    return f"(SELECT 1 FROM directory_term w WHERE w.person_id = found.person_id AND ({ways}) LIMIT 1) = 1"


async def _look(
    shape: Callable[..., T], wanted: Wanted, actor: Actor, plan: Plan, *, narrowing: Narrowing, limit: int
) -> list[T]:
    scope = Term.visible_to(actor, "s")
    phone_scope = Person.visible_to(actor, "q") if plan.phone_start is not None else None
    params: dict[str, Any] = {"limit": limit, **narrowing.clause.params}
    if narrowing.township_id is not None:
        params["township"] = narrowing.township_id
        scopes = [scope & Clause("s.township_id = :township")]
        phone_scope = None if phone_scope is None else phone_scope & Clause("q.township_id = :township")
    else:
        scopes = scope.apart()
    for part in (*scopes, *([phone_scope] if phone_scope is not None else [])):
        params.update(part.params)
    for place, probe in enumerate(plan.probes):
        params[f"from_{place}"], params[f"to_{place}"] = probe.start, probe.start + LAST
    for group, probes in enumerate(plan.also):
        for place, probe in enumerate(probes):
            params[f"also_{group}_{place}"], params[f"also_to_{group}_{place}"] = (
                probe.start,
                probe.start + LAST,
            )
    if plan.phone_start is not None:
        params["phone_from"], params["phone_to"] = plan.phone_start, plan.phone_start + LAST
    narrowed = "" if narrowing.clause is EVERYTHING else narrowing.clause.sql
    params["each"] = NARROWED_MAX // len(scopes) if narrowed or plan.also else limit + limit // 2
    sql = _statement(
        wanted,
        tuple(probe.kind for probe in plan.probes),
        tuple(part.sql for part in scopes),
        tuple(tuple(probe.kind for probe in probes) for probes in plan.also),
        narrowed,
        None if phone_scope is None else phone_scope.sql,
    )
    return await db.fetch(shape, sql, **params)


async def find(
    shape: Callable[..., T],
    wanted: Wanted,
    actor: Actor,
    text: str,
    *,
    narrowing: Narrowing | None = None,
    limit: int,
) -> list[T]:
    """The people whom a text finds in the actor's scope: whole names first, then name starts, then the latest entered.

    Nobody for a blank text.
    """
    for plan in plans(text):
        found = await _look(shape, wanted, actor, plan, narrowing=narrowing or Narrowing(), limit=limit)
        if found:
            return found
    return []
