"""The space of rooms as pages draw it: a day or an hour a bar, and how far a room is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pepperchain.core import clock
from pepperchain.core.units import Grams
from pepperchain.storage.queries import FAR, DaySpace, RoomRow, RoomSpace
from pepperchain.storage.rules import RoomKind, driving, limits


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a room as a small stacked bar: whole percents, so that the template only draws."""

    day: DaySpace
    stored: int
    booked: int
    coming: int


def cells(room: RoomRow, days: Sequence[DaySpace]) -> list[Cell]:
    """The days of a room as bars. What is there is seen, be it ever so little."""
    return [
        Cell(
            each,
            _percent(each.stored_grams, room.capacity_grams),
            _percent(each.booked_grams, room.capacity_grams),
            _percent(each.coming_grams, room.capacity_grams),
        )
        for each in days
    ]


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of today: what is in the room by then if what is on the road comes when it is expected, and what is still empty."""

    at: datetime
    stored: int
    booked: int
    coming: int
    arriving_grams: Grams
    empty_grams: Grams


def hours(space: RoomSpace, arrivals: Mapping[int, Grams], now: datetime) -> list[Hour]:
    """What is left of today by the hour; `arrivals` are grams by the hour at which they are expected."""
    room, today, found = space.room, space.days[0], []
    day = clock.local_day(now)
    first = clock.local(now).hour
    for hour in range(first, 24):
        come = Grams(sum(grams for at, grams in arrivals.items() if at <= hour))
        inside = Grams(room.stock_grams + come)
        still = max(Grams(today.coming_grams - come), Grams(0))
        found.append(
            Hour(
                clock.at_local(day, hour),
                _percent(inside, room.capacity_grams),
                _percent(today.booked_grams, room.capacity_grams),
                _percent(still, room.capacity_grams),
                Grams(
                    sum(
                        grams for at, grams in arrivals.items() if at == hour or (hour == first and at < hour)
                    )
                ),
                max(Grams(room.capacity_grams - inside), Grams(0)),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Drive:
    """The way to a room, as far as a map of tiles tells it; `left_seconds` is what is left of freshness on arrival, of `whole_seconds`."""

    kilometres: int
    minutes: int
    left_seconds: int | None
    whole_seconds: int

    @property
    def is_too_late(self) -> bool:
        return self.left_seconds is not None and self.left_seconds <= 0


def drive(steps: int, *, form: str | None, picked_at: datetime | None, now: datetime) -> Drive | None:
    """How long it takes to a room, and how fresh the pepper is then; None if nobody knows where it is."""
    if steps >= FAR:
        return None
    way = driving()
    kilometres = way.within_township_km + steps * way.township_km
    minutes = -(-kilometres * 60 // way.km_per_hour)
    if form is None or picked_at is None:
        return Drive(kilometres, minutes, None, 1)
    fresh = limits(form, RoomKind.AMBIENT).fresh
    left = picked_at + fresh - (max(now, picked_at) + timedelta(minutes=minutes))
    return Drive(kilometres, minutes, _seconds(left), _seconds(fresh))


def _seconds(span: timedelta) -> int:
    return span.days * 86_400 + span.seconds


def span(first: date, last: date) -> list[date]:
    """Each day from one to another."""
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]


def _percent(part: Grams, whole: Grams) -> int:
    return min(-(-part * 100 // whole), 100)
