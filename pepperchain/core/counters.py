"""Numbers without gaps: the counter's row is locked until the unit of work ends, so a number is used or was never given."""

from pepperchain.core import db


async def following(scope: str) -> int:
    """The next number of a scope, starting at 1. Only inside a unit of work."""
    return await reserve(scope, 1)


async def reserve(scope: str, count: int) -> int:
    """The first of the next `count` numbers of a scope, all of which the unit of work must use."""
    row = await db.returning(
        "INSERT INTO core_counter (scope, value) VALUES (:scope, :count)"
        " ON CONFLICT (scope) DO UPDATE SET value = core_counter.value + excluded.value RETURNING value",
        scope=scope,
        count=count,
    )
    assert row is not None
    return int(row[0]) - count + 1
