"""What the registry itself adds to histories: joining a cooperative and leaving it, who heads a household, where it and people moved.

Each stands at the day that it was from, not at the moment when somebody entered it; days begin at Jiangjin's midnight.
"""

from collections.abc import Mapping, Sequence

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.sql import Clause
from pepperchain.core.words import N_
from pepperchain.directory.head_queries import head_changes_by_id
from pepperchain.directory.models import Household
from pepperchain.directory.move_queries import moves_by_id, person_moves_by_id
from pepperchain.directory.relation_rules import HeadReason, LeavingReason
from pepperchain.directory.timeline_queries import Arm, Entry, EntryKind, Source, Subject, Telling
from pepperchain.web.i18n import gettext, reader

_ZONE_SECONDS = 28_800
_HEADS, _MOVES, _PEOPLE = range(3)
"""What of the family an entry tells: the rest of its id, divided by the next number."""
_KINDS = 4


def _arms(actor: Actor, subject: Subject) -> Sequence[Arm]:
    """Few rows, so that days may be turned into moments one by one."""
    if subject.kind == "organization":
        return ()
    scope = Household.visible_to(actor, "h")
    return [*_memberships(subject, scope), *_heads(subject, scope), *_moves(subject, scope)]


def _memberships(subject: Subject, scope: Clause) -> Sequence[Arm]:
    """Of a household only: its people were members with it."""
    if subject.kind != "household":
        return ()
    table = "directory_membership m JOIN directory_household h ON h.id = m.household_id"
    where = Clause("m.household_id = :household", {"household": subject.id}) & scope
    left = where & Clause("m.ended_on IS NOT NULL")
    return (
        Arm(EntryKind.MEMBERSHIP, table, _moment("m.started_on"), "m.id * 2", where),
        Arm(EntryKind.MEMBERSHIP, table, _moment("m.ended_on"), "m.id * 2 + 1", left),
    )


def _heads(subject: Subject, scope: Clause) -> Sequence[Arm]:
    """Of a household, and of the two people whom a change is about."""
    table = "directory_head_change c JOIN directory_household h ON h.id = c.household_id"
    about = (
        Clause("c.household_id = :household", {"household": subject.id})
        if subject.kind == "household"
        else Clause("(c.former_id = :one OR c.head_id = :one)", {"one": subject.id})
    )
    at, id = _moment("c.changed_on"), f"c.id * {_KINDS} + {_HEADS}"
    return (Arm(EntryKind.FAMILY, table, at, id, about & Clause("c.taken_back_at IS NULL") & scope),)


def _moves(subject: Subject, scope: Clause) -> Sequence[Arm]:
    """Where the household went, and who came to it or left it; of a person only where they themselves went."""
    arms = []
    if subject.kind == "household":
        table = "directory_move m JOIN directory_household h ON h.id = m.household_id"
        where = Clause("m.household_id = :household AND m.state = 'done'", {"household": subject.id}) & scope
        arms.append(Arm(EntryKind.FAMILY, table, _moment("m.moved_on"), f"m.id * {_KINDS} + {_MOVES}", where))
        ends = [
            ("from_household_id", "w.from_household_id = :household"),
            ("to_household_id", "w.to_household_id = :household"),
        ]
        params = {"household": subject.id}
    else:
        ends, params = [("to_household_id", "w.person_id = :one")], {"one": subject.id}
    for end, about in ends:
        table = f"directory_person_move w JOIN directory_household h ON h.id = w.{end}"
        id = f"w.id * {_KINDS} + {_PEOPLE}"
        arms.append(Arm(EntryKind.FAMILY, table, _moment("w.moved_on"), id, Clause(about, params) & scope))
    return arms


def _moment(column: str) -> str:
    if db.dialect() == "sqlite":
        return f"(CAST(strftime('%s', {column}) AS INTEGER) - {_ZONE_SECONDS}) * 1000"
    return f"(CAST(EXTRACT(EPOCH FROM {column}) AS BIGINT) - {_ZONE_SECONDS}) * 1000"


async def _tell(actor: Actor, subject: Subject, found: Sequence[Entry]) -> Mapping[Entry, Telling]:
    joined = [entry for entry in found if entry.kind is EntryKind.MEMBERSHIP]
    family = [entry for entry in found if entry.kind is EntryKind.FAMILY]
    return {
        **await _tell_memberships(actor, joined),
        **await _tell_heads(actor, _of(family, _HEADS)),
        **await _tell_moves(actor, _of(family, _MOVES)),
        **await _tell_people(actor, _of(family, _PEOPLE)),
    }


def _of(family: Sequence[Entry], kind: int) -> dict[int, Entry]:
    """The entries of one kind, by the ids of their rows."""
    return {int(entry.id) // _KINDS: entry for entry in family if int(entry.id) % _KINDS == kind}


async def _tell_memberships(actor: Actor, found: Sequence[Entry]) -> dict[Entry, Telling]:
    if not found:
        return {}
    scope = Household.visible_to(actor, "h")
    rows = await db.tuples(
        "SELECT m.id, o.short_name FROM directory_membership m JOIN directory_organization o ON o.id = m.organization_id"
        f" JOIN directory_household h ON h.id = m.household_id WHERE m.id IN :ids AND {scope.sql}",
        ids=[int(entry.id) // 2 for entry in found],
        **scope.params,
    )
    names = dict(rows)
    told = {}
    for entry in found:
        id, is_leaving = divmod(int(entry.id), 2)
        if id in names:
            words = N_("Left %(name)s") if is_leaving else N_("Joined %(name)s")
            told[entry] = Telling(gettext(words) % {"name": names[id]})
    return told


async def _tell_heads(actor: Actor, found: Mapping[int, Entry]) -> dict[Entry, Telling]:
    told = {}
    for change in await head_changes_by_id(actor, list(found)) if found else ():
        title = gettext(N_("%(head)s became the head after %(former)s")) % {
            "head": change.head,
            "former": change.former,
        }
        lines = [gettext(HeadReason(change.reason).words)]
        if change.former_left:
            lines.append(gettext(N_("%(name)s left the household")) % {"name": change.former})
        told[found[change.id]] = Telling(title, lines=[" · ".join(lines)])
    return told


async def _tell_moves(actor: Actor, found: Mapping[int, Entry]) -> dict[Entry, Telling]:
    told, english = {}, reader().language == "en"
    for move in await moves_by_id(actor, list(found)) if found else ():
        places = {
            "from": move.from_village_en if english else move.from_village,
            "to": move.to_village_en if english else move.to_village,
        }
        lines = [] if move.keeps_membership else [gettext(N_("The membership ended with it"))]
        told[found[move.id]] = Telling(gettext(N_("Moved from %(from)s to %(to)s")) % places, lines=lines)
    return told


async def _tell_people(actor: Actor, found: Mapping[int, Entry]) -> dict[Entry, Telling]:
    told = {}
    for move in await person_moves_by_id(actor, list(found)) if found else ():
        title = gettext(N_("%(name)s went to another household")) % {"name": move.name}
        ends = [each for each in (move.from_head, move.to_head) if each]
        lines = [" → ".join(ends) if len(ends) > 1 else "", gettext(LeavingReason(move.reason).words)]
        told[found[move.id]] = Telling(title, lines=[" · ".join(line for line in lines if line)])
    return told


SOURCE = Source(frozenset({EntryKind.MEMBERSHIP, EntryKind.FAMILY}), _arms, _tell)
