"""What the registry itself adds to histories: joining a cooperative and leaving it."""

from collections.abc import Mapping, Sequence

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.sql import Clause
from pepperchain.core.words import N_
from pepperchain.directory.models import Household
from pepperchain.directory.timeline_queries import Arm, Entry, EntryKind, Source, Subject, Telling
from pepperchain.web.i18n import gettext

_ZONE_SECONDS = 28_800
"""Days of memberships begin at Jiangjin's midnight."""


def _arms(actor: Actor, subject: Subject) -> Sequence[Arm]:
    """Of a household only: its people were members with it. Few rows, so that days may be turned into moments one by one."""
    if subject.kind != "household":
        return ()
    scope = Household.visible_to(actor, "h")
    table = "directory_membership m JOIN directory_household h ON h.id = m.household_id"
    where = Clause("m.household_id = :household", {"household": subject.id}) & scope
    left = where & Clause("m.ended_on IS NOT NULL")
    return (
        Arm(EntryKind.MEMBERSHIP, table, _moment("m.started_on"), "m.id * 2", where),
        Arm(EntryKind.MEMBERSHIP, table, _moment("m.ended_on"), "m.id * 2 + 1", left),
    )


def _moment(column: str) -> str:
    if db.dialect() == "sqlite":
        return f"(CAST(strftime('%s', {column}) AS INTEGER) - {_ZONE_SECONDS}) * 1000"
    return f"(CAST(EXTRACT(EPOCH FROM {column}) AS BIGINT) - {_ZONE_SECONDS}) * 1000"


async def _tell(actor: Actor, subject: Subject, found: Sequence[Entry]) -> Mapping[Entry, Telling]:
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


SOURCE = Source(frozenset({EntryKind.MEMBERSHIP}), _arms, _tell)
