"""What visits let segments ask: who was seen when, and what is still to be done, as far as the actor sees it."""

from datetime import date, timedelta
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.sql import Clause
from pepperchain.core.words import N_
from pepperchain.directory.criterion_rules import Criterion, Field, FieldKind, Values, between
from pepperchain.visits.models import FollowUp, Visit

VISITS = N_("Visits")


def moments(values: Values, name: str) -> dict[str, Any]:
    """A span of days as one of moments: from the first day's first to the last day's last."""
    found: dict[str, Any] = {}
    if name in values:
        found[name] = clock.day_start(date.fromisoformat(str(values[name])))
    if f"{name}_to" in values:
        end = clock.day_start(date.fromisoformat(str(values[f"{name}_to"])) + timedelta(days=1))
        found[f"{name}_to"] = end - timedelta(milliseconds=1)
    return found


def _visited(actor: Actor, values: Values, _today: date) -> Clause:
    seen, when = Visit.visible_to(actor, "v"), between("v.stands_at", moments(values, "day"), "day")
    return Clause(
        "EXISTS (SELECT 1 FROM visits_visit v WHERE v.household_id = h.id AND v.happened_at IS NOT NULL"
        f" AND {when.sql} AND {seen.sql})",
        {**when.params, **seen.params},
    )


def _planned(actor: Actor, _values: Values, _today: date) -> Clause:
    seen = Visit.visible_to(actor, "v")
    return Clause(
        "EXISTS (SELECT 1 FROM visits_visit v WHERE v.household_id = h.id AND v.happened_at IS NULL AND v.called_off_at IS NULL"
        f" AND {seen.sql})",
        seen.params,
    )


def _to_do(actor: Actor, _values: Values, _today: date) -> Clause:
    seen = FollowUp.visible_to(actor, "u")
    return Clause(
        f"EXISTS (SELECT 1 FROM visits_follow_up u WHERE u.household_id = h.id AND u.done_at IS NULL AND {seen.sql})",
        seen.params,
    )


CRITERIA = (
    Criterion(
        "visited", VISITS, N_("Visited or called"), N_("visited or called %(day)s"), N_("not visited or called %(day)s"), _visited,
        (Field("day", FieldKind.DAY, N_("Day"), is_span=True),), Capability.VISIT_READ,
    ),
    Criterion(
        "visit_planned", VISITS, N_("A visit is planned"), N_("a visit or call is planned"), N_("no visit or call is planned"), _planned,
        needs=Capability.VISIT_READ,
    ),
    Criterion(
        "follow_up", VISITS, N_("Open follow-up"), N_("a follow-up is open"), N_("no follow-up is open"), _to_do,
        needs=Capability.VISIT_READ,
    ),
)  # fmt: skip
