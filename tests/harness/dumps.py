"""Everything that a database holds, to be compared before and after: but for the log, versions and what counts ids."""

from typing import Any

from pepperchain.core import db
from tests.harness.schema import tables

LOGS = {
    "audit_entry",
    "audit_key",
    "audit_seal",
    "core_lease",
    "sqlite_sequence",
    "sqlite_stat1",
    "sqlite_stat4",
    "tortoise_migrations",
}
_MERGES = {"directory_merge", "directory_merge_change"}


async def dump() -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table, in an order of their own, without their versions."""
    found = {}
    for name, table in (await tables()).items():
        if name in LOGS | _MERGES:
            continue
        columns = [column for column in sorted(table.columns) if column != "version"]
        rows = await db.tuples(f"SELECT {', '.join(f'x.{column}' for column in columns)} FROM {name} x")
        found[name] = sorted((tuple(zip(columns, map(_plain, row), strict=True)) for row in rows), key=repr)
    return found


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def difference(one: dict[str, Any], other: dict[str, Any]) -> dict[str, tuple[list[Any], list[Any]]]:
    """By table, the rows that only one of two dumps has."""
    return {
        name: ([r for r in one[name] if r not in other[name]], [r for r in other[name] if r not in one[name]])
        for name in one
        if one[name] != other[name]
    }
