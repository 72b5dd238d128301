"""Reading visits, photos, follow-ups and notes in the actor's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.sql import Clause
from pepperchain.directory.models import Household, Organization
from pepperchain.visits.models import FollowUp, Note, Visit

WEEK_ROWS_MAX = 200


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom something of this room is about, with the township and the cooperative of now."""

    household_id: int | None
    person_id: int | None
    organization_id: int | None
    township_id: int | None
    cooperative_id: int | None
    name: str
    ended: bool

    @property
    def url(self) -> str:
        """Their page."""
        if self.organization_id is not None:
            return f"/organizations/{self.organization_id}"
        return f"/growers/{self.household_id}"

    def columns(self) -> dict[str, int | None]:
        """How rows of this room keep it."""
        names = ("household_id", "organization_id", "township_id", "cooperative_id")
        return {name: getattr(self, name) for name in names}


async def whom(
    actor: Actor,
    *,
    household_id: int | None = None,
    organization_id: int | None = None,
    person_id: int | None = None,
) -> Whom:
    """A household, one of its people, or an organization with whose history the actor has to do. Raises Missing."""
    if organization_id is not None:
        scope = Organization.history_visible_to(actor, "o")
        sql = f"SELECT o.township_id, o.short_name, o.ended_on FROM directory_organization o WHERE o.id = :id AND {scope.sql}"
        for township_id, name, ended in await db.tuples(sql, id=organization_id, **scope.params):
            return Whom(None, None, organization_id, township_id, None, name, ended is not None)
        raise Missing()
    scope = Household.visible_to(actor, "h")
    rows = await db.tuples(
        "SELECT h.township_id, h.cooperative_id, p.name, h.ended_on FROM directory_household h"
        " JOIN directory_person p ON p.id = COALESCE(CAST(:person AS BIGINT), h.head_id) AND p.household_id = h.id"
        f" WHERE h.id = :id AND {scope.sql}",
        id=household_id,
        person=person_id,
        **scope.params,
    )
    for township_id, cooperative_id, name, ended in rows:
        return Whom(household_id, person_id, None, township_id, cooperative_id, name, ended is not None)
    raise Missing()


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit with the names it tells; `name` is None for whom the actor no longer sees."""

    id: int
    kind: str
    household_id: int | None
    person_id: int | None
    organization_id: int | None
    township_id: int | None
    cooperative_id: int | None
    purpose: str
    outcome: str | None
    planned_on: str | None
    happened_at: int | None
    stands_at: int
    user_id: int | None
    user_name: str
    called_off_at: int | None
    reason: str | None
    version: int
    name: str | None
    person: str | None
    village: str | None
    village_en: str | None
    photos: int

    @property
    def is_planned(self) -> bool:
        return self.happened_at is None and self.called_off_at is None

    @property
    def url(self) -> str | None:
        """The page of whom it was about, as far as the actor sees it."""
        if self.name is None:
            return None
        return (
            f"/organizations/{self.organization_id}"
            if self.organization_id
            else f"/growers/{self.household_id}"
        )


def _select(actor: Actor) -> tuple[str, dict[str, Any]]:
    homes = Household.visible_to(actor, "h")
    sql = (
        "SELECT v.id, v.kind, v.household_id, v.person_id, v.organization_id, v.township_id, v.cooperative_id, v.purpose, v.outcome,"
        " v.planned_on, v.happened_at, v.stands_at, v.user_id, v.user_name, v.called_off_at, v.reason, v.version,"
        " COALESCE(o.short_name, head.name), p.name, a.name, a.name_en,"
        " (SELECT COUNT(*) FROM visits_photo c WHERE c.visit_id = v.id) FROM {source} v"
        f" LEFT JOIN directory_household h ON h.id = v.household_id AND {homes.sql}"
        " LEFT JOIN directory_person head ON head.id = h.head_id"
        " LEFT JOIN directory_person p ON p.id = v.person_id AND p.household_id = h.id"
        " LEFT JOIN directory_area a ON a.id = h.village_id"
        " LEFT JOIN directory_organization o ON o.id = v.organization_id"
    )
    return sql, dict(homes.params)


async def get_visit(actor: Actor, id: int) -> VisitRow:
    """One visit. Raises Missing for those that the actor does not see."""
    found = await visits_by_id(actor, [id])
    if not found:
        raise Missing()
    return found[0]


async def visits_by_id(actor: Actor, ids: Sequence[int]) -> list[VisitRow]:
    """Visits of a page; those that the actor does not see are left out."""
    scope = Visit.visible_to(actor, "v")
    sql, params = _select(actor)
    return await db.fetch(
        VisitRow,
        f"{sql.replace('{source}', 'visits_visit')} WHERE v.id IN :ids AND {scope.sql}",
        ids=list(ids),
        **{**params, **scope.params},
    )


async def visits_of_user(actor: Actor, since: datetime, until: datetime) -> list[VisitRow]:
    """The actor's own visits of a stretch of time, planned and done, in its order."""
    scope = Visit.visible_to(actor, "v")
    sql, params = _select(actor)
    page = (
        f"(SELECT v.* FROM visits_visit v WHERE v.user_id = :me AND v.stands_at >= :since AND v.stands_at < :until AND {scope.sql}"
        " ORDER BY v.stands_at, v.id LIMIT :most)"
    )
    return await db.fetch(
        VisitRow,
        f"{sql.replace('{source}', page)} ORDER BY v.stands_at, v.id",
        me=actor.user_id,
        since=since,
        until=until,
        most=WEEK_ROWS_MAX,
        **{**params, **scope.params},
    )


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo of a visit."""

    id: int
    visit_id: int
    token: str
    width: int
    height: int


_PHOTO = "SELECT c.id, c.visit_id, c.token, c.width, c.height FROM visits_photo c JOIN visits_visit v ON v.id = c.visit_id"


async def photos_of(actor: Actor, visit_id: int) -> list[PhotoRow]:
    """The photos of a visit in the order they came."""
    scope = Visit.visible_to(actor, "v")
    return await db.fetch(
        PhotoRow,
        f"{_PHOTO} WHERE c.visit_id = :visit AND {scope.sql} ORDER BY c.id",
        visit=visit_id,
        **scope.params,
    )


async def known_tokens(tokens: Sequence[str]) -> set[str]:
    """Which of these files of photos belong to a visit."""
    rows = await db.tuples("SELECT c.token FROM visits_photo c WHERE c.token IN :some", some=list(tokens))
    return {str(token) for (token,) in rows}


async def get_photo(actor: Actor, visit_id: int, photo_id: int) -> PhotoRow:
    """One photo, seen with its visit. Raises Missing."""
    found = [photo for photo in await photos_of(actor, visit_id) if photo.id == photo_id]
    if not found:
        raise Missing()
    return found[0]


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """What is to be done after a visit; `name` is whom it is about, as far as the actor sees them."""

    id: int
    visit_id: int
    household_id: int | None
    organization_id: int | None
    township_id: int | None
    cooperative_id: int | None
    what: str
    due_on: str
    owner_id: int | None
    owner_name: str
    done_at: int | None
    done_name: str | None
    version: int
    name: str | None
    village: str | None
    village_en: str | None


def _follow_ups(actor: Actor) -> tuple[str, dict[str, Any]]:
    homes = Household.visible_to(actor, "h")
    sql = (
        "SELECT f.id, f.visit_id, f.household_id, f.organization_id, f.township_id, f.cooperative_id, f.what, f.due_on, f.owner_id,"
        " f.owner_name, f.done_at, f.done_name, f.version, COALESCE(o.short_name, head.name), a.name, a.name_en FROM {source} f"
        f" LEFT JOIN directory_household h ON h.id = f.household_id AND {homes.sql}"
        " LEFT JOIN directory_person head ON head.id = h.head_id LEFT JOIN directory_area a ON a.id = h.village_id"
        " LEFT JOIN directory_organization o ON o.id = f.organization_id"
    )
    return sql, dict(homes.params)


async def follow_ups_of(actor: Actor, visit_ids: Sequence[int]) -> list[FollowUpRow]:
    """What follows from these visits, the next due first."""
    scope = FollowUp.visible_to(actor, "f")
    sql, params = _follow_ups(actor)
    return await db.fetch(
        FollowUpRow,
        f"{sql.replace('{source}', 'visits_follow_up')} WHERE f.visit_id IN :visits AND {scope.sql} ORDER BY f.due_on, f.id",
        visits=list(visit_ids),
        **{**params, **scope.params},
    )


async def get_follow_up(actor: Actor, id: int) -> FollowUpRow:
    """One follow-up. Raises Missing for those that the actor does not see."""
    scope = FollowUp.visible_to(actor, "f")
    sql, params = _follow_ups(actor)
    row = await db.fetch_one(
        FollowUpRow,
        f"{sql.replace('{source}', 'visits_follow_up')} WHERE f.id = :id AND {scope.sql}",
        id=id,
        **{**params, **scope.params},
    )
    if row is None:
        raise Missing()
    return row


async def my_follow_ups(
    actor: Actor,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    after: tuple[str, int] | None = None,
    limit: int,
) -> list[FollowUpRow]:
    """The actor's own open ones by the day they are due; `after` is the last row's (due_on, id)."""
    clause = Clause("f.owner_id = :me AND f.done_at IS NULL", {"me": actor.user_id}) & FollowUp.visible_to(
        actor, "f"
    )
    if first_day is not None:
        clause &= Clause("f.due_on >= :first_day", {"first_day": first_day})
    if last_day is not None:
        clause &= Clause("f.due_on <= :last_day", {"last_day": last_day})
    if after is not None:
        clause &= Clause(
            "(f.due_on, f.id) > (:after_day, :after_id)", {"after_day": after[0], "after_id": after[1]}
        )
    sql, params = _follow_ups(actor)
    page = f"(SELECT f.* FROM visits_follow_up f WHERE {clause.sql} ORDER BY f.due_on, f.id LIMIT :limit)"
    return await db.fetch(
        FollowUpRow,
        f"{sql.replace('{source}', page)} ORDER BY f.due_on, f.id",
        limit=limit,
        **{**params, **clause.params},
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many follow-ups of one person are over their day, and how many are due today."""

    overdue: int
    today: int


async def waiting(actor: Actor, *, today: date) -> Waiting:
    """For the home page: counted along one index, no further than today."""
    scope = FollowUp.visible_to(actor, "f")
    rows = await db.tuples(
        "SELECT f.due_on = :today, COUNT(*) FROM visits_follow_up f WHERE f.owner_id = :me AND f.done_at IS NULL AND f.due_on <= :today"
        f" AND {scope.sql} GROUP BY 1",
        me=actor.user_id,
        today=today,
        **scope.params,
    )
    counts = {bool(is_today): int(count) for is_today, count in rows}
    return Waiting(counts.get(False, 0), counts.get(True, 0))


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A line about somebody."""

    id: int
    household_id: int | None
    person_id: int | None
    organization_id: int | None
    township_id: int | None
    text: str
    user_name: str
    created_at: int
    withdrawn_at: int | None
    version: int
    person: str | None


async def notes_by_id(actor: Actor, ids: Sequence[int]) -> list[NoteRow]:
    """Notes of a page; those that the actor does not see are left out."""
    scope = Note.visible_to(actor, "n")
    return await db.fetch(
        NoteRow,
        "SELECT n.id, n.household_id, n.person_id, n.organization_id, n.township_id, n.text, n.user_name, n.created_at, n.withdrawn_at,"
        " n.version, p.name FROM visits_note n LEFT JOIN directory_person p ON p.id = n.person_id"
        f" WHERE n.id IN :ids AND {scope.sql}",
        ids=list(ids),
        **scope.params,
    )


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can be given a visit or a follow-up."""

    id: int
    name: str
