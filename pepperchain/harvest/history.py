"""What the scale adds to histories: slips as they were weighed, and that one was voided. Both are the slip's own row."""

from collections.abc import Mapping, Sequence

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.sql import Clause
from pepperchain.core.words import N_
from pepperchain.directory.timeline_queries import Arm, Entry, EntryKind, Source, Subject, Telling
from pepperchain.harvest.models import Weighin
from pepperchain.harvest.queries import Slip, slips_by_id
from pepperchain.harvest.rules import words
from pepperchain.web.filters import money, weight
from pepperchain.web.i18n import gettext, reader


def _arms(actor: Actor, subject: Subject) -> Sequence[Arm]:
    """A household's slips and those that a person brought; an organization's are too many for a history and have lists."""
    if subject.kind == "organization" or not actor.may(Capability.HARVEST_READ):
        return ()
    column = "household_id" if subject.kind == "household" else "deliverer_id"
    where = Clause(f"w.{column} = :{subject.kind}", {subject.kind: subject.id}) & Weighin.visible_to(
        actor, "w"
    )
    voided = where & Clause("w.voided_at IS NOT NULL")
    return (
        Arm(EntryKind.SLIP, "harvest_weighin w", "w.weighed_at", "w.id", where, numbered=False),
        Arm(EntryKind.VOID, "harvest_weighin w", "w.voided_at", "w.id", voided, numbered=False),
    )


async def _tell(actor: Actor, subject: Subject, found: Sequence[Entry]) -> Mapping[Entry, Telling]:
    slips = {str(slip.id): slip for slip in await slips_by_id(actor, [str(entry.id) for entry in found])}
    return {
        entry: _void(slips[str(entry.id)])
        if entry.kind is EntryKind.VOID
        else _slip(slips[str(entry.id)], subject)
        for entry in found
        if str(entry.id) in slips
    }


def _slip(slip: Slip, subject: Subject) -> Telling:
    trade = words(reader().language)
    what = f"{trade.form(slip.form)} {trade.grade(slip.grade)}"
    lines = [
        " · ".join(
            filter(None, (what, slip.site, None if slip.amount_fen is None else money(slip.amount_fen)))
        )
    ]
    if slip.deliverer and slip.deliverer != slip.name and subject.kind == "household":
        lines.append(gettext(N_("brought by %(name)s")) % {"name": slip.deliverer})
    mark = (gettext(N_("voided")), "bad") if slip.voided_at else None
    title = gettext(N_("Slip %(code)s, %(weight)s")) % {"code": slip.code, "weight": weight(slip.net_grams)}
    return Telling(title, f"/harvest/weigh-ins/{slip.id}", lines=lines, mark=mark)


def _void(slip: Slip) -> Telling:
    title = gettext(N_("Slip %(code)s was voided")) % {"code": slip.code}
    return Telling(
        title, f"/harvest/weigh-ins/{slip.id}", lines=[slip.void_reason] if slip.void_reason else ()
    )


SOURCE = Source(frozenset({EntryKind.SLIP, EntryKind.VOID}), _arms, _tell)
