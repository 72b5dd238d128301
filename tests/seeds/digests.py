"""What a database holds, as one number for each table: for comparing two that should be alike."""

import hashlib
import json

from pepperchain.audit import personal
from pepperchain.core import db

# Drawn by chance where nobody may guess them, or given by the engine as it goes.
DRAWN = {"sealed", "id_number_sealed", "bank_card_sealed", "password_hash", "xact", "chain_hash"}
LEFT_OUT = {"tortoise_migrations", "audit_seal", "directory_area"}


async def digests(*, lot_codes_from: int = 0) -> dict[str, str]:
    """Table → hash of its rows in order. Lots below `lot_codes_from` were made by verbs, which draw their public codes."""
    found: dict[str, str] = {}
    for table, columns in (await _tables()).items():
        names = [name for name in columns if name not in DRAWN]
        if table == "storage_lot":
            names[names.index("code")] = f"CASE WHEN id < {lot_codes_from:d} THEN '' ELSE code END"
        if table == "bank_receipt":
            names.remove("code")
        rows = await db.tuples(f"SELECT {', '.join(names)} FROM {table}")
        if table == "audit_entry":
            rows = await _opened(rows, names.index("facts"))
        digest = hashlib.sha256()
        for row in sorted(repr([_plain(value) for value in row]) for row in rows):
            digest.update(row.encode())
        found[table] = f"{len(rows)}:{digest.hexdigest()}"
    return found


async def _opened(rows: list[tuple[object, ...]], place: int) -> list[tuple[object, ...]]:
    """Entries of the trail with what is sealed in their facts, which is sealed differently each time."""
    facts = await personal.opened([json.loads(str(row[place])) for row in rows])
    return [
        (*row[:place], repr(sorted(told.items())), *row[place + 1 :])
        for row, told in zip(rows, facts, strict=True)
    ]


def _plain(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


async def _tables() -> dict[str, list[str]]:
    if db.dialect() == "sqlite":
        names = [row[0] for row in await db.tuples("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [
            (name, column[0])
            for name in names
            for column in await db.tuples(f"SELECT name FROM pragma_table_info('{name}')")
        ]
    else:
        rows = await db.tuples(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " ORDER BY table_name, ordinal_position"
        )
    found: dict[str, list[str]] = {}
    for table, column in rows:
        if table not in LEFT_OUT and not table.startswith("sqlite_"):
            found.setdefault(table, []).append(column)
    return found
