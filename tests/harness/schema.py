"""What the open database says about its own tables, in the same words for both engines."""

import re
from dataclasses import dataclass, field

from pepperchain.core import db

_POSTGRES_COLUMNS = """
    SELECT table_name, column_name, upper(data_type), is_nullable = 'YES', character_maximum_length
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position
"""
_POSTGRES_UNIQUE = """
    SELECT t.relname, ARRAY(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (i.indkey))
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE i.indisunique AND n.nspname = 'public'
"""
_SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
_SQLITE_COLUMNS = 'SELECT name, type, "notnull", pk FROM pragma_table_xinfo(:table) WHERE hidden = 0'
_SQLITE_UNIQUE = 'SELECT name FROM pragma_index_list(:table) WHERE "unique"'
_SQLITE_INDEX = "SELECT name FROM pragma_index_info(:index)"
_TYPE = re.compile(r"([A-Z ]+?)\s*(?:\((\d+)\))?")


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds: a type without its length, and the length if it has one."""

    kind: str
    nullable: bool
    length: int | None


@dataclass(slots=True)
class Table:
    """Columns by name, and the sets of columns that are unique, be it only among part of the rows."""

    columns: dict[str, Column] = field(default_factory=dict)
    unique: set[frozenset[str]] = field(default_factory=set)


async def tables() -> dict[str, Table]:
    """Every table of the open database."""
    return await (_of_sqlite() if db.dialect() == "sqlite" else _of_postgres())


async def _of_postgres() -> dict[str, Table]:
    found: dict[str, Table] = {}
    for table, name, kind, nullable, length in await db.tuples(_POSTGRES_COLUMNS):
        found.setdefault(table, Table()).columns[name] = Column(kind, nullable, length)
    for table, names in await db.tuples(_POSTGRES_UNIQUE):
        found[table].unique.add(frozenset(names))
    return found


async def _of_sqlite() -> dict[str, Table]:
    found: dict[str, Table] = {}
    for (table,) in await db.tuples(_SQLITE_TABLES):
        found[table] = one = Table()
        key: set[str] = set()
        for name, spelled, not_null, place in await db.tuples(_SQLITE_COLUMNS, table=table):
            match = _TYPE.fullmatch(spelled.upper())
            kind, length = match.groups() if match else (spelled.upper(), None)
            one.columns[name] = Column(kind, not not_null, int(length) if length else None)
            if place:
                key.add(name)
        one.unique.add(frozenset(key))
        for (index,) in await db.tuples(_SQLITE_UNIQUE, table=table):
            one.unique.add(frozenset(name for (name,) in await db.tuples(_SQLITE_INDEX, index=index)))
    return found
