"""What this room adds to histories: visits and calls, done, planned and called off, and notes."""

from collections.abc import Mapping, Sequence

from pepperchain.access.actor import Actor
from pepperchain.core.sql import Clause
from pepperchain.core.words import N_
from pepperchain.directory.timeline_queries import Arm, Entry, EntryKind, Source, Subject, Telling
from pepperchain.visits.models import Note, Visit
from pepperchain.visits.queries import (
    FollowUpRow,
    NoteRow,
    VisitRow,
    follow_ups_of,
    notes_by_id,
    visits_by_id,
)
from pepperchain.visits.rules import PURPOSES, VisitKind
from pepperchain.web.filters import day
from pepperchain.web.i18n import gettext, ngettext

_CHARACTERS = 160


def _arms(actor: Actor, subject: Subject) -> Sequence[Arm]:
    about: dict[str, int] = {subject.kind: subject.id}
    visits = Clause(f"v.{subject.kind}_id = :{subject.kind}", about) & Visit.visible_to(actor, "v")
    notes = Clause(
        f"n.{subject.kind}_id = :{subject.kind} AND n.withdrawn_at IS NULL", about
    ) & Note.visible_to(actor, "n")
    return (
        Arm(
            EntryKind.VISIT,
            "visits_visit v",
            "v.stands_at",
            "v.id",
            visits & Clause("v.kind = :by_visit", {"by_visit": "visit"}),
        ),
        Arm(
            EntryKind.CALL,
            "visits_visit v",
            "v.stands_at",
            "v.id",
            visits & Clause("v.kind = :by_call", {"by_call": "call"}),
        ),
        Arm(EntryKind.NOTE, "visits_note n", "n.created_at", "n.id", notes),
    )


async def _tell(actor: Actor, subject: Subject, found: Sequence[Entry]) -> Mapping[Entry, Telling]:
    ids = [int(entry.id) for entry in found if entry.kind is not EntryKind.NOTE]
    visits = {row.id: row for row in await visits_by_id(actor, ids)} if ids else {}
    steps = await follow_ups_of(actor, ids) if ids else []
    note_ids = [int(entry.id) for entry in found if entry.kind is EntryKind.NOTE]
    notes = {row.id: row for row in await notes_by_id(actor, note_ids)} if note_ids else {}
    told: dict[Entry, Telling] = {}
    for entry in found:
        id = int(entry.id)
        if entry.kind is EntryKind.NOTE and id in notes:
            told[entry] = _note(notes[id], subject)
        elif entry.kind is not EntryKind.NOTE and id in visits:
            told[entry] = _visit(visits[id], [step for step in steps if step.visit_id == id], subject)
    return told


def _visit(visit: VisitRow, steps: Sequence[FollowUpRow], subject: Subject) -> Telling:
    title = gettext(N_("%(kind)s: %(purpose)s")) % {
        "kind": gettext(VisitKind(visit.kind).words),
        "purpose": gettext(PURPOSES.get(visit.purpose, visit.purpose)),
    }
    lines = [] if visit.outcome is None else [_brief(visit.outcome)]
    if visit.person and subject.kind != "person":
        lines.append(gettext(N_("with %(name)s")) % {"name": visit.person})
    if visit.photos:
        lines.append(ngettext("%(count)s photo", "%(count)s photos", visit.photos) % {"count": visit.photos})
    lines += [_step(step) for step in steps]
    mark = None
    if visit.called_off_at is not None:
        mark = (gettext(N_("called off")), "plain")
        lines += [visit.reason] if visit.reason else []
    elif visit.happened_at is None:
        mark = (gettext(N_("planned")), "info")
    return Telling(title, f"/visits/{visit.id}", visit.user_name, lines, mark)


def _step(step: FollowUpRow) -> str:
    words = N_("Done: %(what)s (%(owner)s)") if step.done_at else N_("To do by %(due)s: %(what)s (%(owner)s)")
    return gettext(words) % {"what": step.what, "due": day(step.due_on), "owner": step.owner_name}


def _note(note: NoteRow, subject: Subject) -> Telling:
    lines = []
    if note.person and subject.kind != "person":
        lines.append(gettext(N_("about %(name)s")) % {"name": note.person})
    return Telling(note.text, by=note.user_name, lines=lines)


def _brief(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _CHARACTERS else f"{flat[:_CHARACTERS]}…"


SOURCE = Source(frozenset({EntryKind.VISIT, EntryKind.CALL, EntryKind.NOTE}), _arms, _tell)
