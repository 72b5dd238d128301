"""Which columns of the open database refer to a table, found in its schema, and rows moved from one they refer to to another."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pepperchain.core import db


@dataclass(frozen=True, slots=True)
class Unique:
    """Columns that no two rows have alike; with a `condition`, among the rows that meet it."""

    columns: tuple[str, ...]
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that names a row of another table by a foreign key, and what tells the rows of its own table apart.

    `unlike` are columns of the same row that must name another one, as who is acted for and who acts.
    """

    table: str
    column: str
    key: tuple[str, ...]
    uniques: tuple[Unique, ...]
    unlike: tuple[str, ...] = ()


_FOREIGN = {
    "sqlite": 'SELECT m.name, f."from" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f'
    " WHERE m.type = 'table' AND f.\"table\" = :table",
    "postgres": "SELECT r.relname, a.attname FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid"
    " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)"
    " WHERE c.contype = 'f' AND c.confrelid = CAST(:table AS regclass)",
}
_UNIQUES_SQLITE = (
    "SELECT l.name, l.origin, i.name, m.sql FROM pragma_index_list(:table) l JOIN pragma_index_info(l.name) i"
    " LEFT JOIN sqlite_master m ON m.type = 'index' AND m.name = l.name WHERE l.\"unique\" ORDER BY l.name, i.seqno"
)
_KEY_SQLITE = "SELECT name FROM pragma_table_info(:table) WHERE pk > 0 ORDER BY pk"
_UNIQUES_POSTGRES = (
    "SELECT c.relname, CASE WHEN x.indisprimary THEN 'pk' ELSE '' END, a.attname, pg_get_expr(x.indpred, x.indrelid)"
    " FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid"
    " CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k (number, place)"
    " LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number"
    " WHERE x.indisunique AND x.indrelid = CAST(:table AS regclass) ORDER BY c.relname, k.place"
)
_CHECKS = {
    "sqlite": "SELECT m.sql FROM sqlite_master m WHERE m.type = 'table' AND m.name = :table",
    "postgres": "SELECT pg_get_constraintdef(c.oid) FROM pg_constraint c WHERE c.contype = 'c' AND c.conrelid = CAST(:table AS regclass)",
}
_UNLIKE = re.compile(r"CHECK \(+(\w+) <> (\w+)\)+")
_WHERE = re.compile(r"\bWHERE\b(.*)\Z", re.IGNORECASE | re.DOTALL)


async def referring(table: str) -> Sequence[Reference]:
    """Every column that refers to rows of `table`, in the order of their names. The schema of an open database stays as it is."""
    known = db.kept("references")
    if table not in known:
        found = []
        for name, column in sorted(await db.tuples(_FOREIGN[db.dialect()], table=table)):
            key, uniques = await _told_apart(name)
            found.append(Reference(name, column, key, uniques, await _unlike(name, column)))
        known[table] = tuple(found)
    return tuple(known[table])


async def _told_apart(table: str) -> tuple[tuple[str, ...], tuple[Unique, ...]]:
    """The primary key of a table, and everything in which no two of its rows are alike."""
    is_sqlite = db.dialect() == "sqlite"
    columns: dict[str, list[str]] = {}
    conditions: dict[str, str | None] = {}
    key: list[str] = []
    for index, origin, column, told in await db.tuples(
        _UNIQUES_SQLITE if is_sqlite else _UNIQUES_POSTGRES, table=table
    ):
        assert column is not None, f"{table}: {index} is unique by an expression, which cannot be compared"
        columns.setdefault(index, []).append(column)
        partial = _WHERE.search(told or "") if is_sqlite else None
        conditions[index] = (partial.group(1).strip() if partial else None) if is_sqlite else told
        if origin == "pk":
            key.append(column)
    if is_sqlite:
        key = [name for (name,) in await db.tuples(_KEY_SQLITE, table=table)]
    uniques = {Unique(tuple(names), conditions[index]) for index, names in columns.items()}
    if key:
        uniques.add(Unique(tuple(key)))
    return tuple(key), tuple(sorted(uniques, key=lambda unique: (unique.columns, unique.condition or "")))


async def _unlike(table: str, column: str) -> tuple[str, ...]:
    """The columns that a check of the table says are never the same as this one."""
    pairs = {
        pair
        for (told,) in await db.tuples(_CHECKS[db.dialect()], table=table)
        for pair in _UNLIKE.findall(told)
    }
    return tuple(sorted({other for pair in pairs if column in pair for other in pair if other != column}))


def _is_free(reference: Reference) -> str:
    """A condition on a row that may be moved: there is none yet that it would be the double of, and its two ends stay two."""
    parts = [f" AND ({name} IS NULL OR {name} <> :new)" for name in reference.unlike]
    for unique in reference.uniques:
        if reference.column not in unique.columns:
            continue
        others = [name for name in unique.columns if name != reference.column]
        same = "".join(f" AND o.{name} = {reference.table}.{name}" for name in others)
        # Columns without a table are those of the nearest one: in the inner query of `o`, outside of the row itself.
        among = f" AND ({unique.condition})" if unique.condition else ""
        there = (
            f"NOT EXISTS (SELECT 1 FROM {reference.table} o WHERE o.{reference.column} = :new{same}{among})"
        )
        parts.append(f" AND (NOT ({unique.condition}) OR {there})" if unique.condition else f" AND {there}")
    return "".join(parts)


async def move(reference: Reference, old: int, new: int) -> list[tuple[Any, ...]]:
    """Rows that named `old` name `new`; their keys, as they are afterwards.

    A row that would be the double of one that `new` has, or that names `new` at its other end, stays where it is.
    """
    sets = f"UPDATE {reference.table} SET {reference.column} = :new WHERE {reference.column} = :old"
    return await db.tuples(
        f"{sets}{_is_free(reference)} RETURNING {', '.join(reference.key)}", old=old, new=new
    )


async def count(references: Sequence[Reference], id: int) -> dict[str, int]:
    """How many rows of each table name this one, for those that have any."""
    found: dict[str, int] = {}
    for each in references:
        rows = await db.scalar(f"SELECT COUNT(*) FROM {each.table} r WHERE r.{each.column} = :id", id=id)
        if rows:
            found[each.table] = max(int(rows), found.get(each.table, 0))
    return found
