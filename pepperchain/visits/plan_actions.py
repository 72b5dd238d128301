"""Planning a visit or call with all households of a segment, and calling off exactly those plans."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core.errors import Missing
from pepperchain.core.words import N_
from pepperchain.directory.criterion_rules import Action, Field, FieldKind, Made, Values
from pepperchain.settings import section
from pepperchain.visits import visits
from pepperchain.visits.queries import get_visit
from pepperchain.visits.rules import PURPOSES, VisitKind
from pepperchain.web.i18n import gettext

FRESH = 1
"""The version of a visit that nobody changed since it was planned."""


async def _kinds(_actor: Actor) -> list[tuple[int | str, str]]:
    return [(kind.value, gettext(kind.words)) for kind in VisitKind]


async def _purposes(_actor: Actor) -> list[tuple[int | str, str]]:
    return [(code, gettext(words)) for code, words in PURPOSES.items()]


async def _plan(actor: Actor, ids: Sequence[int], values: Values, run_id: UUID, now: datetime) -> list[Made]:
    made = []
    for id in ids:
        entered = await visits.plan(
            actor,
            id=uuid5(run_id, str(id)),
            kind=VisitKind(str(values["kind"])),
            purpose=str(values["purpose"]),
            planned_on=date.fromisoformat(str(values["day"])),
            household_id=id,
            now=now,
        )
        if not entered.repeated:
            made.append(Made(id, str(entered.id)))
    return made


async def _undo(
    actor: Actor, made: Sequence[Made], _values: Values, _run_id: UUID, now: datetime
) -> set[int]:
    """What has been visited, moved to another day or called off since is left as it is."""
    left = set()
    for each in made:
        try:
            visit = await get_visit(actor, int(each.thing or 0))
        except Missing:
            left.add(each.household_id)
            continue
        if visit.version != FRESH or not visit.is_planned:
            left.add(each.household_id)
        else:
            await visits.cancel(actor, id=visit.id, version=visit.version, now=now)
    return left


ACTIONS = (
    Action(
        "plan_visit", N_("Plan a visit or call"), N_("Plan: %(kind)s, %(purpose)s, %(day)s"), Capability.VISIT_RECORD, _plan, _undo,
        (
            Field("kind", FieldKind.CODE, N_("How"), _kinds),
            Field("purpose", FieldKind.CODE, N_("About what"), _purposes),
            Field("day", FieldKind.DAY, N_("Day")),
        ),
        "calendar", section("segments")["visits_max"],
        lambda values: "messages" if values["kind"] == VisitKind.CALL.value else None,
    ),
)  # fmt: skip
