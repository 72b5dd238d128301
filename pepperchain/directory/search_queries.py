"""Finding people as somebody types: ranges of `directory_term`, each read through the index of the actor's own scope.

Every arm of the search is one short stretch of one index, in its order, so that a search among 620,000 people touches some
dozens of rows, whatever was typed.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.directory.models import Person, Term
from pepperchain.directory.reading_rules import is_chinese, typed_letters
from pepperchain.directory.rules import PHONE_DIGITS, TERM_LENGTH_MAX, TermKind

TEXT_LENGTH_MAX = 60
NARROWED_MAX = 1000
LAST = "\U0010ffff"  # sorts after every character: the end of what begins with a text
_CARD_DIGITS_MIN = 3
_PHONE_START_MIN = 7
_RUNS = re.compile(r"[0-9]+|[a-z\u00c0-\u024f'·]+|[^\s0-9a-z\u00c0-\u024f'·]+")

_EXACT, _START, _INSIDE_EXACT, _INSIDE = range(4)


@dataclass(frozen=True, slots=True)
class Probe:
    """A stretch of the index: terms of one kind that begin with `start`. It is ranked by whether it is the whole term."""

    kind: TermKind
    start: str

    @property
    def ranks(self) -> tuple[int, int]:
        inside = self.kind in (TermKind.SUFFIX, TermKind.GIVEN)
        return (_INSIDE_EXACT, _INSIDE) if inside else (_EXACT, _START)


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


async def people(actor: Actor, plan: Plan, *, narrowing: Narrowing, limit: int) -> list[int]:
    """Ids of the people that a plan finds in the actor's scope: whole names first, then name starts, then the latest entered."""
    params: dict[str, Any] = {"limit": limit}
    filters = _filters(plan, narrowing, params)
    params["each"] = NARROWED_MAX if filters else 2 * limit
    arms = _arms(actor, plan, narrowing, params)
    found = " UNION ALL ".join(f"SELECT * FROM ({arm}) arm_{place}" for place, arm in enumerate(arms))
    where = ""
    if filters:
        where = (
            " JOIN directory_person p ON p.id = found.person_id JOIN directory_household h ON h.id = p.household_id"
            f" WHERE {' AND '.join(filters)}"
        )
    return await db.fetch(
        lambda person_id, _rank: int(person_id),
        f"SELECT found.person_id, MIN(found.rank) AS best FROM ({found}) found{where}"
        " GROUP BY found.person_id ORDER BY best, MIN(found.term), found.person_id DESC LIMIT :limit",
        **params,
    )


def _arms(actor: Actor, plan: Plan, narrowing: Narrowing, params: dict[str, Any]) -> list[str]:
    """One SELECT for each probe and each part of the actor's scope, in the order of the index that serves it."""
    scope = Term.visible_to(actor, "s")
    person_scope = Person.visible_to(actor, "q")
    if narrowing.township_id is not None:
        params["township"] = narrowing.township_id
        scopes = [scope & Clause("s.township_id = :township")]
        person_scope = person_scope & Clause("q.township_id = :township")
    else:
        scopes = scope.apart()
    arms = []
    for place, probe in enumerate(plan.probes):
        exact, start = probe.ranks
        for part in scopes:
            params.update(part.params)
            arms.append(
                f"SELECT CASE WHEN s.term = :from_{place} THEN {exact} ELSE {start} END AS rank, s.term, s.person_id"
                f" FROM directory_term s WHERE s.kind = '{probe.kind.value}' AND s.term >= :from_{place}"
                f" AND s.term < :to_{place} AND {part.sql} ORDER BY s.term LIMIT :each"
            )
        params |= {f"from_{place}": probe.start, f"to_{place}": probe.start + LAST}
    if plan.phone_start is not None:
        params |= {"phone_from": plan.phone_start, "phone_to": plan.phone_start + LAST, **person_scope.params}
        arms.append(
            f"SELECT {_START} AS rank, q.phone AS term, q.id AS person_id FROM directory_person q WHERE q.phone >= :phone_from"
            f" AND q.phone < :phone_to AND q.left_on IS NULL AND {person_scope.sql} ORDER BY q.phone LIMIT :each"
        )
    return arms


def _filters(plan: Plan, narrowing: Narrowing, params: dict[str, Any]) -> list[str]:
    """Conditions that no index of terms knows; they look at the first thousand of each arm."""
    filters = []
    for group, probes in enumerate(plan.also):
        ways = []
        for place, probe in enumerate(probes):
            name = f"also_{group}_{place}"
            ways.append(f"w.kind = '{probe.kind.value}' AND w.term >= :{name} AND w.term < :{name}_to")
            params |= {name: probe.start, f"{name}_to": probe.start + LAST}
        either = " OR ".join(f"({way})" for way in ways)
        filters.append(
            f"EXISTS (SELECT 1 FROM directory_term w WHERE w.person_id = found.person_id AND ({either}))"
        )
    if narrowing.clause is not EVERYTHING:
        filters.append(narrowing.clause.sql)
        params.update(narrowing.clause.params)
    return filters


async def find(actor: Actor, text: str, *, narrowing: Narrowing | None = None, limit: int) -> Sequence[int]:
    """Ids of the people whom a text finds in the actor's scope, the best first; nobody for a blank text."""
    for plan in plans(text):
        found = await people(actor, plan, narrowing=narrowing or Narrowing(), limit=limit)
        if found:
            return found
    return ()
