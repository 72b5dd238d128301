"""A person's week: what they planned, did and have to do, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pepperchain.access.actor import Actor
from pepperchain.core import clock
from pepperchain.core.clock import from_ms
from pepperchain.visits.queries import (
    WEEK_ROWS_MAX,
    FollowUpRow,
    VisitRow,
    my_follow_ups,
    visits_of_user,
)

DAYS = 7


@dataclass(frozen=True, slots=True)
class DayOfWeek:
    """A day with its visits and what is due on it."""

    day: date
    visits: Sequence[VisitRow]
    follow_ups: Sequence[FollowUpRow]


async def week(actor: Actor, first: date) -> list[DayOfWeek]:
    """Seven days from `first`, of the actor's own."""
    last = first + timedelta(days=DAYS - 1)
    since, until = clock.day_range(first, last)
    visits = await visits_of_user(actor, since, until)
    due = await my_follow_ups(actor, first_day=first, last_day=last, limit=WEEK_ROWS_MAX)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return [
        DayOfWeek(
            day,
            [row for row in visits if clock.local_day(from_ms(row.stands_at)) == day],
            [row for row in due if row.due_on == day.isoformat()],
        )
        for day in days
    ]
