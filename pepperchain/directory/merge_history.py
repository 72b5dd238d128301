"""What merges add to histories: two entries that became one, and that it was undone, on both of them once there are two again."""

from collections.abc import Mapping, Sequence

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.sql import Clause
from pepperchain.core.words import N_
from pepperchain.directory.merge_models import Merge
from pepperchain.directory.models import Household
from pepperchain.directory.timeline_queries import Arm, Entry, EntryKind, Source, Subject, Telling
from pepperchain.web import filters
from pepperchain.web.i18n import gettext


def _arms(actor: Actor, subject: Subject) -> Sequence[Arm]:
    if subject.kind == "organization":
        return ()
    if subject.kind == "person":
        return _of(actor, Clause("m.person_id = :person", {"person": subject.id}))
    household = {"household": subject.id}
    merged = Clause("m.loser_household_id = :household AND m.household_id <> :household", household)
    return (
        *_of(actor, Clause("m.household_id = :household", household)),
        *_of(actor, merged, joined="loser_household_id"),
    )


def _of(actor: Actor, about: Clause, joined: str = "household_id") -> Sequence[Arm]:
    """Merges, and their undoing, of whom the actor sees now."""
    where = about & Household.visible_to(actor, "h")
    table = f"directory_merge m JOIN directory_household h ON h.id = m.{joined}"
    undone = where & Clause("m.undone_at IS NOT NULL")
    return (
        Arm(EntryKind.MERGE, table, "m.made_at", "m.id * 2", where),
        Arm(EntryKind.MERGE, table, "m.undone_at", "m.id * 2 + 1", undone),
    )


async def _tell(actor: Actor, subject: Subject, found: Sequence[Entry]) -> Mapping[Entry, Telling]:
    """Who did it and why; what the other was called is told by its card, which tells no name."""
    scope, seen = Household.visible_to(actor, "h"), Merge.visible_to(actor, "m")
    rows = await db.tuples(
        "SELECT m.id, m.kind, l.card_number, p.name, m.reason, m.made_by_name, m.undone_by_name,"
        f" CASE WHEN {seen.sql} THEN 1 ELSE 0 END FROM directory_merge m"
        " JOIN directory_household l ON l.id = m.loser_household_id LEFT JOIN directory_person p ON p.id = m.loser_person_id"
        " WHERE m.id IN :ids AND EXISTS (SELECT 1 FROM directory_household h"
        f" WHERE h.id IN (m.household_id, m.loser_household_id) AND {scope.sql})",
        ids=[int(entry.id) // 2 for entry in found],
        **{**scope.params, **seen.params},
    )
    known = {row[0]: row[1:] for row in rows}
    told = {}
    for entry in found:
        id, is_undoing = divmod(int(entry.id), 2)
        if id not in known:
            continue
        kind, card, name, reason, made_by, undone_by, is_open = known[id]
        if kind == "household":
            words = (
                N_("A merge was undone · card %(card)s")
                if is_undoing
                else N_("Two entries became one · card %(card)s")
            )
        else:
            words = (
                N_("A merge was undone · %(name)s")
                if is_undoing
                else N_("Two entries of %(name)s became one")
            )
        told[entry] = Telling(
            gettext(words) % {"card": filters.card(card), "name": name},
            url=f"/growers/merges/{id}" if is_open else None,
            by=undone_by if is_undoing else made_by,
            lines=() if is_undoing else (reason,),
        )
    return told


SOURCE = Source(frozenset({EntryKind.MERGE}), _arms, _tell)
