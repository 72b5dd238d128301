"""Counting months between two days, as a storage fee does."""

import calendar
from datetime import date, timedelta


def later(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day if it has none such."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def whole(start: date, end: date) -> int:
    """Months that are over when `end` comes: from 31 January to 28 February is one."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if later(start, months) <= end else months - 1


def started(start: date, end: date) -> int:
    """Months that have begun before `end`: none on the day of deposit, one from the next day on."""
    months = whole(start, end)
    return months if later(start, months) == end else months + 1


def days(start: date, end: date) -> int:
    """Days from one to the other; the day of deposit counts, the day of sale does not."""
    return (end - start) // timedelta(days=1)


def after(day: date, days_later: int) -> date:
    """So many days later."""
    return day + timedelta(days=days_later)
