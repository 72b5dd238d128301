"""Strings that nobody else writes, put into every text column of every row that belongs to a cooperative.

Columns and their tables are found by the models, so a new one is planted by itself. Whose a row is, is told by the names that the
house gives to columns; a table that has none of them must be listed as nobody's.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

from tortoise import Tortoise, fields
from tortoise.models import Model

from pepperchain.core import db

BIRD = "鸲"
"""Stands at the beginning of every canary, so that a masked name tells it too; nothing of ours has this character."""

OF: Mapping[str, str | None] = {
    "cooperative_id": None, "organization_id": None, "operator_id": None,
    "household_id": "directory_household", "person_id": "directory_person", "plot_id": "directory_plot",
    "visit_id": "visits_visit", "lot_id": "storage_lot", "room_id": "storage_room", "site_id": "directory_site",
    "movement_id": "storage_movement", "batch_id": "imports_batch", "weighin_id": "harvest_weighin",
    "user_id": "accounts_user", "actor_id": "accounts_user", "maker_id": "accounts_user", "inviter_id": "accounts_user",
    "invitation_id": "accounts_invitation", "from_id": None, "segment_id": "segments_segment",
    "receipt_id": "bank_receipt", "sale_id": "bank_sale", "scheme_id": "bank_scheme",
}  # fmt: skip
"""Columns that say whose a row is, the nearest first, and the table they lead to; None is the organization itself."""

NOBODYS = {
    "accounts_attempt": "keyed hashes of those who tried to sign in",
    "audit_key": "sealed keys",
    "audit_seal": "hashes",
    "core_counter": "names of counters",
    "core_lease": "names of timers",
    "directory_area": "places, which everybody sees",
    "directory_organization_term": "what organizations, which everybody sees, are found by",
    "harvest_product": "what there is to be weighed",
    "harvest_yield": "averages of a village",
    "ledger_account": "kinds and numbers",
    "ledger_commodity": "codes of products",
    "ledger_hold": "numbers and codes",
    "ledger_hold_outcome": "codes",
    "ledger_period": "names of books and sums",
    "ledger_transfer": "numbers",
    "directory_merge_change": "where rows stood before a merge, for its undo alone; no page reads it",
    "storage_conversion": "codes and numbers of a movement",
    "climate_alarm": "codes and ids of what is told elsewhere",
    "climate_bucket": "numbers of a sensor",
    "climate_reading": "numbers of a sensor",
    "climate_state": "numbers of a sensor",
    "storage_available": "numbers of the market",
    "storage_booking_version": "numbers and days of a booking, for the trail alone; no page reads it",
    "storage_notice": "codes and ids of what is told elsewhere",
}

FINDING = {
    "directory_term": "left as it is, so that a search for B's names would lead to them",
}

PUBLISHED: Mapping[str, frozenset[str]] = {
    "directory_organization": frozenset(
        {"kind", "name", "short_name", "pinyin", "initials", "address", "credit_code"}
    ),
    "directory_organization_relation": frozenset({"kind"}),
    "directory_site": frozenset({"kind", "name", "pinyin", "initials", "address", "slip_prefix"}),
    "storage_lot": frozenset({"code", "form", "grade", "cultivar"}),
}
"""What everybody may see of an organization, and of its pepper that is for sale, by decision."""

CODED: Mapping[str, frozenset[str]] = {
    "accounts_invitation": frozenset({"role"}),
    "accounts_user": frozenset({"role"}),
    "directory_merge": frozenset({"moved", "decided"}),
    "directory_proxy": frozenset({"photo_token"}),
    "storage_test": frozenset({"limits"}),
}
"""Codes that the database lets be anything, but without which a page that shows the row's other columns cannot be drawn."""


@dataclass(frozen=True, slots=True)
class Column:
    """A text column of a table that belongs to somebody."""

    table: str
    name: str
    key: str
    length: int | None
    is_unique: bool
    is_json: bool

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


def models() -> Iterator[type[Model]]:
    """Every model of every room."""
    for app in Tortoise.apps.values():
        yield from app.values()


def owners_of(model: type[Model]) -> Sequence[str]:
    """Those of its columns that say whose a row is, the nearest first."""
    there = model._meta.fields_map
    if model._meta.db_table == "directory_organization":
        return ("id",)
    return [name for name in OF if name in there]


def belongs(model: type[Model], deep: int = 0) -> str:
    """The condition that a row belongs to the organization `:whose`: by the nearest column that is filled."""
    tables = {each._meta.db_table: each for each in models()}
    told, before = [], ""
    for name in owners_of(model):
        leads_to = OF.get(name)
        if leads_to is not None and (leads_to not in tables or leads_to == model._meta.db_table or deep > 3):
            continue
        own = (
            f"{name} = :whose"
            if leads_to is None
            else f"{name} IN (SELECT id FROM {leads_to} WHERE {belongs(tables[leads_to], deep + 1)})"
        )
        told.append(f"({before}{own})")
        before += f"{name} IS NULL AND "
    return f"({' OR '.join(told)})" if told else "1 = 0"


def columns() -> list[Column]:
    """Every text column that is planted."""
    found = []
    for model in models():
        table = model._meta.db_table
        if table in NOBODYS or table in FINDING:
            continue
        for name, kind in model._meta.fields_map.items():
            is_text = isinstance(kind, fields.CharField | fields.TextField)
            is_json = isinstance(kind, fields.JSONField)
            if (is_text or is_json) and name not in (
                PUBLISHED.get(table, frozenset()) | CODED.get(table, frozenset())
            ):
                unique = (
                    bool(kind.unique) or any(name in each for each in model._meta.unique_together) or kind.pk
                )
                length = getattr(kind, "max_length", None)
                found.append(Column(table, name, model._meta.pk_attr, length, unique, is_json))
    return found


def unowned() -> list[str]:
    """Tables of which nobody knows whose they are."""
    return sorted(
        model._meta.db_table
        for model in models()
        if not owners_of(model) and model._meta.db_table not in (NOBODYS.keys() | FINDING.keys())
    )


async def plant(
    whose: int, *, songs: Iterator[str] | None = None, besides: Collection[str] = ()
) -> tuple[dict[str, str], list[str]]:
    """Plants in all that belongs to an organization: the canaries by column, and the tables that had no row to plant in.

    Instead of canaries `songs`, of which a column takes the next that it has room for; `besides` columns are left as they are.
    """
    await _lay_guards_asleep()
    numbers, planted, bare = count(1), dict[str, str](), set[str]()
    by_table = {model._meta.db_table: model for model in models()}
    for column in columns():
        if str(column) in besides or (songs is not None and column.is_json):
            continue
        condition = belongs(by_table[column.table])
        rows = await db.scalar(f"SELECT COUNT(*) FROM {column.table} WHERE {condition}", whose=whose)
        if not rows:
            bare.add(column.table)
            continue
        canary = f"{BIRD}{next(numbers)}·" if songs is None else _fitting(column, songs)
        if await _planted(column, condition, canary, whose):
            planted[str(column)] = canary
    return planted, sorted(bare)


def _fitting(column: Column, songs: Iterator[str]) -> str:
    room = None if column.length is None else column.length - 4 * column.is_unique
    return next((song for song in islice(songs, 40) if room is None or len(song) <= room), BIRD)


async def _planted(column: Column, condition: str, canary: str, whose: int) -> bool:
    """False for a column that holds nothing but a code, as the database or its length says."""
    if column.length is not None and column.length < len(canary) + 4 * column.is_unique:
        return False
    value = json.dumps({"note": canary}, ensure_ascii=False) if column.is_json else canary
    is_jsonb = column.is_json and db.dialect() == "postgres"
    value_sql = "CAST(:value AS jsonb)" if is_jsonb else "CAST(:value AS TEXT)"
    if column.is_unique:
        # Each row its own: how many stand before it.
        before = f"SELECT COUNT(*) FROM {column.table} n WHERE n.{column.name} < {column.table}.{column.name}"
        value_sql = f"{value_sql} || CAST(({before}) AS TEXT)"

    @db.unit_of_work
    async def write() -> None:
        await _mute()
        await db.execute(
            f"UPDATE {column.table} SET {column.name} = {value_sql} WHERE {condition}",
            value=value,
            whose=whose,
        )

    try:
        await write()
    except db.Violation:
        return False
    return True


async def double(whose: int) -> list[str]:
    """Copies of an organization's rows beside them, under ids of their own; the tables that let themselves be doubled."""
    doubled = []
    for model in models():
        meta = model._meta
        whole = meta.pk_attr == "id" and meta.db_table not in NOT_DOUBLED
        if not whole or not owners_of(model) or meta.db_table in NOBODYS:
            continue
        if await _doubled(model, whose):
            doubled.append(meta.db_table)
    return doubled


NOT_DOUBLED = frozenset(
    {"directory_organization", "directory_organization_relation", "directory_site", "accounts_user"}
)
"""What everybody sees, and who signs in."""


async def _doubled(model: type[Model], whose: int) -> bool:
    meta = model._meta
    names = [name for name in meta.fields_map if name != "id" or isinstance(meta.pk, fields.UUIDField)]
    values = ", ".join(_copied(meta.fields_map[name], name) for name in names)

    @db.unit_of_work
    async def write() -> int:
        await _mute()
        return await db.execute(
            f"INSERT INTO {meta.db_table} ({', '.join(names)}) SELECT {values} FROM {meta.db_table} WHERE {belongs(model)}"
            " ON CONFLICT DO NOTHING",
            whose=whose,
        )

    try:
        return await write() > 0
    except db.Violation:
        return False


def _copied(kind: Any, name: str) -> str:
    if isinstance(kind, fields.UUIDField) and (kind.pk or kind.unique or kind.null):
        return "NULL" if kind.null and name != "request_id" else _FRESH_ID[db.dialect()]
    if name == "number" and isinstance(kind, fields.BigIntField):
        return "number + 1000000"
    return f"'鹟' || substr({name}, 2)" if kind.unique and isinstance(kind, fields.CharField) else name


_FRESH_ID = {
    "postgres": "gen_random_uuid()",
    "sqlite": "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-7' || substr(hex(randomblob(2)), 2) || '-a'"
    " || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))",
}


async def _lay_guards_asleep() -> None:
    """On SQLite the guard triggers of this copy are dropped; on PostgreSQL `_mute` lets them sleep."""
    if db.dialect() == "sqlite":
        await _drop_triggers()


@db.unit_of_work
async def _drop_triggers() -> None:
    for (name,) in await db.tuples("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        await db.execute(f"DROP TRIGGER {name}")


async def _mute() -> None:
    if db.dialect() == "postgres":
        await db.execute("SET LOCAL session_replication_role = replica")
