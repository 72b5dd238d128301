"""Leases: of all processes, one does a timer's work; when it dies, another takes over after the lease has run out."""

from datetime import datetime, timedelta

from pepperchain.core import db
from pepperchain.core.sql import milliseconds


@db.unit_of_work
async def hold(name: str, owner: str, *, length: timedelta, now: datetime) -> bool:
    """Takes or renews the lease `name` for `owner`; False while another holds it."""
    row = await db.returning(
        "INSERT INTO core_lease (name, owner, until_at) VALUES (:name, :owner, :until_at)"
        " ON CONFLICT (name) DO UPDATE SET owner = :owner, until_at = :until_at"
        " WHERE core_lease.owner = :owner OR core_lease.until_at < :now RETURNING owner",
        name=name,
        owner=owner,
        until_at=now + length,
        now=now,
    )
    return row is not None


async def is_held(name: str, *, now: datetime) -> bool:
    """Whether some process holds the lease."""
    until_at = await db.scalar("SELECT until_at FROM core_lease WHERE name = :name", name=name)
    return until_at is not None and until_at > milliseconds(now)
