"""Numbers without gaps: the counter's row is locked until the unit of work ends, so a number is used or was never given."""

from pepperchain.core import db


async def following(scope: str) -> int:
    """The next number of a scope, starting at 1. Only inside a unit of work."""
    row = await db.returning(
        "INSERT INTO core_counter (scope, value) VALUES (:scope, 1)"
        " ON CONFLICT (scope) DO UPDATE SET value = core_counter.value + 1 RETURNING value",
        scope=scope,
    )
    assert row is not None
    return int(row[0])
