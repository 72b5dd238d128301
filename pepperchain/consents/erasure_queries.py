"""Reads of who asked to be forgotten, of what hinders it, and of what the law wants kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.consents.models import Erasure
from pepperchain.core import clock, db
from pepperchain.core.errors import Missing
from pepperchain.directory.erasing_rules import Erasing, erased_name
from pepperchain.settings import settings

NOBODY = [0]
NO_PHONE = ["-"]


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """Somebody's wish to be forgotten, and what became of it."""

    id: int
    person_id: int
    household_id: int
    person: str
    card: str | None
    words: str | None
    asked_by: int | None
    asked_by_name: str
    asked_at: int
    due_on: str
    state: str
    answer: str | None
    decided_by_name: str | None
    decided_at: int | None
    rows_changed: int | None
    kept_until: str | None
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an erasure is about: their rows, their accounts and phones; whether their household ends with them."""

    person_id: int
    household_id: int
    people: Sequence[int]
    homes: Sequence[int]
    users: Sequence[int]
    phones: Sequence[str]
    is_alone: bool

    def places(self, *, today: date, now: datetime) -> Mapping[str, Any]:
        """What the rooms' conditions and values name."""
        found: dict[str, Any] = {
            "people": list(self.people),
            "homes": list(self.homes),
            "users": list(self.users) or NOBODY,
            "phones": list(self.phones) or NO_PHONE,
            "today": today,
            "now": now,
            "erased": erased_name(),
        }
        for name in ("people", "homes", "users"):
            found[f"{name}_text"] = [str(each) for each in found[name]]
        return found


@dataclass(frozen=True, slots=True)
class InTheWay:
    """What has to be settled before: the words (a message id), how many it are, and where."""

    words: str
    count: int
    url: str


_SELECT = (
    "SELECT z.id, z.person_id, z.household_id, p.name, h.card_number, z.words, z.asked_by, z.asked_by_name, z.asked_at, z.due_on, z.state,"
    " z.answer, z.decided_by_name, z.decided_at, z.rows_changed, z.kept_until, z.kept IS NOT NULL FROM consents_erasure z"
    " JOIN directory_person p ON p.id = z.person_id JOIN directory_household h ON h.id = z.household_id"
)


def _row(*columns: Any) -> ErasureRow:
    return ErasureRow(*(*columns[:-1], bool(columns[-1])))


async def open_erasures(actor: Actor, *, after: Sequence[Any] | None, limit: int) -> list[ErasureRow]:
    """What waits, the soonest due first; `after` is (due_on, id)."""
    scope = Erasure.visible_to(actor, "z")
    more = "" if after is None else " AND (z.due_on, z.id) > (:after_on, :after_id)"
    return await db.fetch(
        _row,
        f"{_SELECT} WHERE z.state = 'asked' AND {scope.sql}{more} ORDER BY z.due_on, z.id LIMIT :limit",
        limit=limit,
        **({} if after is None else {"after_on": after[0], "after_id": after[1]}),
        **scope.params,
    )


async def decided_erasures(actor: Actor, *, before: Sequence[Any] | None, limit: int) -> list[ErasureRow]:
    """What was done or declined, the latest first; `before` is (decided_at, id)."""
    scope = Erasure.visible_to(actor, "z")
    more = "" if before is None else " AND (z.decided_at, z.id) < (:before_at, :before_id)"
    return await db.fetch(
        _row,
        f"{_SELECT} WHERE z.state <> 'asked' AND {scope.sql}{more} ORDER BY z.decided_at DESC, z.id DESC LIMIT :limit",
        limit=limit,
        **({} if before is None else {"before_at": before[0], "before_id": before[1]}),
        **scope.params,
    )


async def get_erasure(actor: Actor, id: int) -> ErasureRow:
    """One of them. Raises Missing for those that the actor does not see."""
    scope = Erasure.visible_to(actor, "z")
    row = await db.fetch_one(_row, f"{_SELECT} WHERE z.id = :id AND {scope.sql}", id=id, **scope.params)
    if row is None:
        raise Missing()
    return row


async def latest_of(actor: Actor, person_id: int) -> ErasureRow | None:
    """The last time that somebody asked to be forgotten, as far as the actor may know of it."""
    scope = Erasure.visible_to(actor, "z")
    return await db.fetch_one(
        _row,
        f"{_SELECT} WHERE z.person_id = :person AND {scope.sql} ORDER BY z.id DESC LIMIT 1",
        person=person_id,
        **scope.params,
    )


async def asked_before(request_id: UUID) -> tuple[int, int, int | None] | None:
    """The id, person and user of the one that the same form made."""
    rows = await db.tuples(
        "SELECT z.id, z.person_id, z.asked_by FROM consents_erasure z WHERE z.request_id = :id", id=request_id
    )
    return (int(rows[0][0]), int(rows[0][1]), rows[0][2]) if rows else None


async def subject_of(person_id: int) -> Subject | None:
    """Everything that is told of somebody by a number; None for people that are not there."""
    rows = await db.tuples("SELECT p.household_id FROM directory_person p WHERE p.id = :id", id=person_id)
    if not rows:
        return None
    home = int(rows[0][0])
    people = [
        person_id,
        *await _ids("SELECT p.id FROM directory_person p WHERE p.merged_into_id = :id", id=person_id),
    ]
    homes = [
        home,
        *await _ids("SELECT h.id FROM directory_household h WHERE h.merged_into_id = :id", id=home),
    ]
    others = await db.scalar(
        "SELECT COUNT(*) FROM directory_person p WHERE p.household_id = :home AND p.left_on IS NULL AND p.id NOT IN :people",
        home=home,
        people=people,
    )
    is_alone = not others
    phones = await db.fetch(
        str,
        "SELECT DISTINCT p.phone FROM directory_person p WHERE p.id IN :people AND p.phone IS NOT NULL",
        people=people,
    )
    users = await _ids(
        "SELECT u.id FROM accounts_user u WHERE u.role = 'grower' AND u.household_id IN :homes"
        + ("" if is_alone else " AND u.phone IN :phones"),
        homes=homes,
        **({} if is_alone else {"phones": phones or NO_PHONE}),
    )
    return Subject(person_id, home, people, homes, users, phones, is_alone)


async def in_the_way(
    subject: Subject, rooms: Sequence[Erasing], *, today: date, now: datetime
) -> list[InTheWay]:
    """What has to be settled before they can be erased, room by room."""
    places, found = subject.places(today=today, now=now), []
    for room in rooms:
        for each in room.hindrances:
            asked = [each.theirs, each.home if subject.is_alone else None]
            count = sum([int(await scalar(sql, places) or 0) for sql in asked if sql is not None])
            if count:
                url = each.url.format(household=subject.household_id, person=subject.person_id)
                found.append(InTheWay(each.words, count, url))
    return found


async def last_day(subject: Subject, rooms: Sequence[Erasing], *, today: date, now: datetime) -> date | None:
    """The last day of business with a household that ends with this person."""
    if not subject.is_alone:
        return None
    places = subject.places(today=today, now=now)
    days = [await scalar(room.last_on, places) for room in rooms if room.last_on is not None]
    return max((date.fromisoformat(str(day)) for day in days if day is not None), default=None)


async def scalar(sql: str, places: Mapping[str, Any]) -> Any:
    """One value by a room's SQL."""
    return await db.scalar(sql, **used(sql, places))


def used(sql: str, places: Mapping[str, Any]) -> dict[str, Any]:
    """Those places that the SQL names."""
    return {name: value for name, value in places.items() if _names(sql, name)}


def _names(sql: str, name: str) -> bool:
    at = sql.find(f":{name}")
    while at >= 0:
        after = sql[at + len(name) + 1 : at + len(name) + 2]
        if not (after.isalnum() or after == "_"):
            return True
        at = sql.find(f":{name}", at + 1)
    return False


async def _ids(sql: str, **params: Any) -> list[int]:
    return await db.fetch(int, sql, **params)


async def waits_for_second(person_id: int) -> bool:
    """Whether a second person is asked already."""
    found = await db.scalar(
        "SELECT 1 FROM accounts_approval a WHERE a.what = 'person.erase' AND a.subject_id = :id AND a.state = 'waiting'",
        id=str(person_id),
    )
    return found is not None


async def would_be_kept_until(subject: Subject, rooms: Sequence[Erasing], *, now: datetime) -> date | None:
    """Until when the law wants their particulars kept, were they erased now."""
    days, today = settings().section("retention")["erased_kept_days"], clock.local_day(now)
    last = await last_day(subject, rooms, today=today, now=now)
    if not days or last is None or last + timedelta(days=days) <= today:
        return None
    return last + timedelta(days=days)
