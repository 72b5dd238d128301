"""Visits and calls: planned, noted, reported, corrected, called off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.audit import trail
from pepperchain.core import clock, db, registry
from pepperchain.core.clock import from_ms
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.registry import Entered
from pepperchain.core.words import N_
from pepperchain.documents.photos import FIELD, Kept
from pepperchain.visits import follow_ups
from pepperchain.visits.colleague_queries import colleague
from pepperchain.visits.queries import VisitRow, Whom, get_visit, photos_of, whom
from pepperchain.visits.rules import PHOTOS_MAX, VisitKind, check_ahead, check_happened, stands_at

TABLE = "visits_visit"
_NEXT = "next step"
_REPORTS = UUID("0197a0c4-9d00-7000-8000-5e6c1a9e0002")


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is to follow: by when, and by whom (None: by the actor)."""

    what: str
    due_on: date
    owner_id: int | None = None


@db.unit_of_work
async def plan(
    actor: Actor,
    *,
    id: UUID,
    kind: VisitKind,
    purpose: str,
    planned_on: date,
    user_id: int | None = None,
    household_id: int | None = None,
    person_id: int | None = None,
    organization_id: int | None = None,
    now: datetime,
) -> Entered:
    """A visit or call on a day to come, by the actor or a colleague."""
    about, existing = await _begun(actor, id, household_id, person_id, organization_id)
    if existing is not None:
        return existing
    check_ahead(planned_on, clock.local_day(now), "planned_on")
    by = await colleague(
        actor, user_id, township_id=about.township_id, cooperative_id=about.cooperative_id, field="user_id"
    )
    entered = await registry.enter(
        TABLE, id, kind=kind, person_id=about.person_id, purpose=purpose, planned_on=planned_on,
        stands_at=stands_at(happened_at=None, planned_on=planned_on), user_id=by.id or None, user_name=by.name, created_at=now,
        **about.columns(),
    )  # fmt: skip
    await trail.record(
        actor, "visit.planned", subject="visit", subject_id=entered.id, township_id=about.township_id,
        facts={**_about(about), "kind": kind, "purpose": purpose, "on": planned_on, "user": by.id or None}, now=now,
    )  # fmt: skip
    return entered


@db.unit_of_work
async def record(
    actor: Actor,
    *,
    id: UUID,
    kind: VisitKind,
    purpose: str,
    outcome: str | None,
    happened_at: datetime,
    household_id: int | None = None,
    person_id: int | None = None,
    organization_id: int | None = None,
    photos: Sequence[Kept] = (),
    next_step: NextStep | None = None,
    now: datetime,
) -> Entered:
    """A visit or call that was, with its photos and what is to follow. `repeated`: this form came before, its photos are not needed."""
    about, existing = await _begun(actor, id, household_id, person_id, organization_id)
    if existing is not None:
        return existing
    check_happened(happened_at, now)
    entered = await registry.enter(
        TABLE, id, kind=kind, person_id=about.person_id, purpose=purpose, outcome=outcome, happened_at=happened_at,
        stands_at=happened_at, user_id=actor.user_id, user_name=actor.name, created_at=now, **about.columns(),
    )  # fmt: skip
    await _add_photos(entered.id, about.township_id, photos, now=now)
    if next_step is not None:
        await _follow(actor, uuid5(id, _NEXT), entered.id, next_step, now=now)
    await trail.record(
        actor, "visit.recorded", subject="visit", subject_id=entered.id, township_id=about.township_id,
        facts={**_about(about), "kind": kind, "purpose": purpose, "photos": len(photos), **_next(next_step)}, now=now,
    )  # fmt: skip
    return entered


@db.unit_of_work
async def report(
    actor: Actor,
    *,
    id: int,
    version: int,
    outcome: str | None,
    happened_at: datetime,
    photos: Sequence[Kept] = (),
    next_step: NextStep | None = None,
    now: datetime,
) -> bool:
    """What came of a planned visit; False if the same was reported before. Refused once it was called off."""
    actor.require(Capability.VISIT_RECORD)
    visit = await get_visit(actor, id)
    if visit.happened_at is not None:
        if (from_ms(visit.happened_at), visit.outcome) == (happened_at, outcome):
            return False
        raise Conflict(
            N_("What came of it was noted meanwhile. Look at it again, and correct it if it is wrong.")
        )
    if visit.called_off_at is not None:
        raise Refused(N_("This visit was called off."))
    check_happened(happened_at, now)
    await registry.revise(
        TABLE, id, version, outcome=outcome, happened_at=happened_at, stands_at=happened_at,
        user_id=actor.user_id, user_name=actor.name,
    )  # fmt: skip
    await _add_photos(id, visit.township_id, photos, now=now)
    if next_step is not None:
        await _follow(actor, uuid5(_REPORTS, f"{id}/{version}"), id, next_step, now=now)
    await trail.record(
        actor, "visit.reported", subject="visit", subject_id=id, township_id=visit.township_id,
        facts={"photos": len(photos), **_next(next_step)}, now=now,
    )  # fmt: skip
    return True


@db.unit_of_work
async def correct(
    actor: Actor,
    *,
    id: int,
    version: int,
    kind: VisitKind,
    purpose: str,
    outcome: str | None = None,
    happened_at: datetime | None = None,
    planned_on: date | None = None,
    drop_photos: Sequence[int] = (),
    photos: Sequence[Kept] = (),
    now: datetime,
) -> list[str]:
    """Another account of a visit, or another day for a plan; the trail keeps what was. The tokens of photos that are gone."""
    actor.require(Capability.VISIT_RECORD)
    visit = await get_visit(actor, id)
    if visit.called_off_at is not None:
        raise Refused(N_("This visit was called off."))
    columns: dict[str, Any] = {"kind": kind, "purpose": purpose}
    if visit.happened_at is None:
        if photos:
            raise Refused(N_("Photos come with what came of it. This visit has not been yet."), FIELD)
        wanted = planned_on or date.fromisoformat(str(visit.planned_on))
        if wanted.isoformat() != visit.planned_on:
            check_ahead(wanted, clock.local_day(now), "planned_on")
        columns |= {"planned_on": wanted, "stands_at": stands_at(happened_at=None, planned_on=wanted)}
    else:
        at = happened_at or from_ms(visit.happened_at)
        check_happened(at, now)
        columns |= {"outcome": outcome, "happened_at": at, "stands_at": at}
    await registry.revise(TABLE, id, version, **columns)
    gone = [photo for photo in await photos_of(actor, id) if photo.id in set(drop_photos)]
    for photo in gone:
        await db.execute("DELETE FROM visits_photo WHERE id = :id", id=photo.id)
    await _add_photos(id, visit.township_id, photos, now=now)
    await trail.record(
        actor, "visit.corrected", subject="visit", subject_id=id, township_id=visit.township_id,
        facts=_changed(visit, columns) | ({"dropped": len(gone)} if gone else {}) | ({"photos": len(photos)} if photos else {}), now=now,
    )  # fmt: skip
    return [photo.token for photo in gone]


@db.unit_of_work
async def cancel(actor: Actor, *, id: int, version: int, reason: str | None = None, now: datetime) -> None:
    """A planned visit will not be. Twice is once."""
    actor.require(Capability.VISIT_RECORD)
    visit = await get_visit(actor, id)
    if visit.called_off_at is not None:
        return
    if visit.happened_at is not None:
        raise Refused(N_("This visit has been. Correct it if it is wrong."))
    await registry.revise(TABLE, id, version, called_off_at=now, reason=reason)
    await trail.record(
        actor,
        "visit.called_off",
        subject="visit",
        subject_id=id,
        township_id=visit.township_id,
        facts={"reason": reason},
        now=now,
    )


async def _begun(
    actor: Actor, id: UUID, household_id: int | None, person_id: int | None, organization_id: int | None
) -> tuple[Whom, Entered | None]:
    """How every new visit begins: whom it is about, and the visit that this form made already. Refused: they have ended."""
    actor.require(Capability.VISIT_RECORD)
    about = await whom(actor, household_id=household_id, person_id=person_id, organization_id=organization_id)
    existing = await registry.made(TABLE, id)
    if existing is not None:
        return about, Entered(existing, True)
    if about.ended:
        raise Refused(N_("This household or organization has ended; its history takes no more."))
    return about, None


def _about(about: Whom) -> dict[str, int | None]:
    if about.organization_id is not None:
        return {"organization": about.organization_id}
    return {"household": about.household_id} | ({"person": about.person_id} if about.person_id else {})


def _next(step: NextStep | None) -> dict[str, Any]:
    return {} if step is None else {"what": step.what, "due_on": step.due_on}


async def _add_photos(
    visit_id: int, township_id: int | None, photos: Sequence[Kept], *, now: datetime
) -> None:
    if not photos:
        return
    already = await db.scalar("SELECT COUNT(*) FROM visits_photo WHERE visit_id = :visit", visit=visit_id)
    if int(already) + len(photos) > PHOTOS_MAX:
        raise Refused(N_("A visit has at most %(most)s photos."), FIELD, most=PHOTOS_MAX)
    for photo in photos:
        await db.insert(
            "visits_photo", visit_id=visit_id, township_id=township_id, token=photo.token, bytes=photo.bytes, width=photo.width,
            height=photo.height, created_at=now,
        )  # fmt: skip


async def _follow(actor: Actor, id: UUID, visit_id: int, step: NextStep, *, now: datetime) -> None:
    """A part of the visit's own act, whose row in the trail tells of it."""
    visit = await get_visit(actor, visit_id)
    await follow_ups.admit(
        actor, id, visit, what=step.what, due_on=step.due_on, owner_id=step.owner_id, now=now
    )


def _changed(visit: VisitRow, columns: dict[str, Any]) -> dict[str, Any]:
    """Old and new of what is another now."""
    before = {
        "kind": visit.kind,
        "purpose": visit.purpose,
        "outcome": visit.outcome,
        "planned_on": visit.planned_on,
    }
    facts = {
        name: [before[name], columns[name]]
        for name in before
        if name in columns and str(before[name]) != str(columns[name])
    }
    if visit.happened_at is not None and columns["happened_at"] != from_ms(visit.happened_at):
        days = [clock.local(from_ms(visit.happened_at)), clock.local(columns["happened_at"])]
        facts["happened_at"] = [f"{each:%Y-%m-%d %H:%M}" for each in days]
    return facts
