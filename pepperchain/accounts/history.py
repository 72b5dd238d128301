"""What the trail adds to histories: every change of a household, its people and plots, or of an organization, in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.accounts import trail_facts, trail_queries
from pepperchain.audit import words
from pepperchain.audit.models import Entry as TrailEntry
from pepperchain.audit.queries import EntryRow, entries_by_id
from pepperchain.core.sql import Clause
from pepperchain.core.words import N_
from pepperchain.directory.models import Household, Organization, Person
from pepperchain.directory.timeline_queries import Arm, Entry, EntryKind, Source, Subject, Telling
from pepperchain.web.filters import mask_phone
from pepperchain.web.i18n import gettext

_OF_SHEETS = Clause(
    "(e.facts LIKE :sheet OR e.facts LIKE :sheet_undone)",
    {"sheet": '%"sheet":true%', "sheet_undone": '%"sheet_undone":true%'},
)
"""Texts in facts are escaped, so that nobody can type what looks like this."""
_OTHERS = Clause("NOT " + _OF_SHEETS.sql, _OF_SHEETS.params)
_TOLD_ELSEWHERE = Clause(
    "e.verb NOT IN :elsewhere",
    {
        "elsewhere": [
            "membership.joined",
            "membership.left",
            "head.changed",
            "household.merged",
            "household.merge_undone",
            "person.merged",
            "person.merge_undone",
            "household.moved",
            "household.split",
            "person.moved",
        ]
    },
)


def _arms(actor: Actor, subject: Subject) -> Sequence[Arm]:
    seen = TrailEntry.visible_in_history_to(actor, "e") & _door(actor, subject)
    return [
        Arm(kind, "audit_entry e", "e.at", "e.id", about & which & seen)
        for about in _abouts(subject)
        for kind, which in ((EntryKind.CHANGE, _OTHERS & _TOLD_ELSEWHERE), (EntryKind.IMPORT, _OF_SHEETS))
    ]


def _door(actor: Actor, subject: Subject) -> Clause:
    """Nobody reads what was done with whom they do not see, even where they are asked for by their number."""
    scope = _SCOPES[subject.kind](actor, "x")
    table = f"directory_{subject.kind}"
    return Clause(
        f"EXISTS (SELECT 1 FROM {table} x WHERE x.id = :of_whom AND {scope.sql})",
        {"of_whom": subject.id, **scope.params},
    )


_SCOPES = {
    "household": Household.visible_to,
    "person": Person.visible_to,
    "organization": Organization.history_visible_to,
}


def _abouts(subject: Subject) -> list[Clause]:
    """The stretches of the trail's index: one thing's own and those of what was merged into it; a household's people's and plots'."""
    own = {"own_kind": subject.kind, "own_id": str(subject.id)}
    found = [Clause("e.subject = :own_kind AND e.subject_id = :own_id", own)]
    if subject.kind in _MERGED:
        found.append(
            Clause(
                "e.subject = :own_kind AND e.subject_id IN (SELECT CAST(x.id AS VARCHAR(40))"
                f" FROM {_MERGED[subject.kind]} x WHERE x.merged_into_id = :merged_into)",
                {"own_kind": subject.kind, "merged_into": subject.id},
            )
        )
    if subject.kind == "household":
        found += [
            Clause(
                f"e.subject = :{thing}_kind AND e.subject_id IN"
                f" (SELECT CAST(x.id AS VARCHAR(40)) FROM directory_{thing} x WHERE x.household_id = :household{also})",
                {f"{thing}_kind": thing, "household": subject.id},
            )
            for thing, also in (("person", _OR_MERGED), ("plot", ""))
        ]
    return found


_MERGED = {"household": "directory_household", "person": "directory_person"}
_OR_MERGED = " OR x.household_id IN (SELECT gone.id FROM directory_household gone WHERE gone.merged_into_id = :household)"


async def _tell(actor: Actor, subject: Subject, found: Sequence[Entry]) -> Mapping[Entry, Telling]:
    rows = {row.id: _discreet(row) for row in await entries_by_id(actor, [int(entry.id) for entry in found])}
    names = await trail_queries.names(trail_facts.things(rows.values()), {})
    told = {}
    for entry in found:
        row = rows.get(int(entry.id))
        if row is None:
            continue
        title = gettext(words.act(row.verb))
        if row.subject != subject.kind:
            title = f"{title} · {trail_facts.subject(row, names)}"
        lines = [
            gettext(N_("%(about)s: %(said)s"))
            % {"about": fact.about, "said": fact.now if fact.was is None else f"{fact.was} → {fact.now}"}
            for fact in trail_facts.told(row, names)
        ]
        by = None if row.actor_id is None else row.actor_name
        told[entry] = Telling(title, by=by, lines=[" · ".join(lines)] if lines else ())
    return told


def _discreet(row: EntryRow) -> EntryRow:
    """Of phones the end, of days of birth nothing: a history is read by more people than a person's own form.

    Whose it is and where they live stands on the same page, in the reader's language.
    """
    facts = {name: _HINTS[name](value) if name in _HINTS else value for name, value in row.facts.items()}
    return replace(row, facts=facts)


def _each(hint: Callable[[str], str]) -> Callable[[Any], Any]:
    def hinted(value: Any) -> Any:
        if isinstance(value, list):
            return [hinted(each) for each in value]
        return hint(value) if isinstance(value, str) else value

    return hinted


_HINTS: Mapping[str, Callable[[Any], Any]] = {
    "phone": _each(mask_phone),
    "born_on": lambda _day: None,
    "household": lambda _id: None,
    "village": lambda _name: None,
}


SOURCE = Source(frozenset({EntryKind.CHANGE, EntryKind.IMPORT}), _arms, _tell)
