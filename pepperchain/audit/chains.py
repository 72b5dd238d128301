"""Hash chains over tables that only grow: sealing what can no longer be overtaken, and proving that nothing
was touched.

A *seal* is the SHA-256 of a run of rows, in the order of their commits, and of the seal before it. On
PostgreSQL ids are given before commits, so rows are ordered by (transaction, id) and sealed only below the
oldest transaction that still runs; SQLite has one writer, and its ids are its commit order.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pepperchain.core import db

BATCH_ROWS_MAX = 5_000
FIRST_HASH = "0" * 64
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Chain:
    """A table that is sealed: its rows in commit order, and the columns that the hash covers."""

    name: str
    table: str
    xact: str
    number: str
    columns: str

    def rows_sql(self, condition: str) -> str:
        return (
            f"SELECT {self.xact}, {self.number}, {self.columns} FROM {self.table}"
            f" WHERE {condition} ORDER BY {self.order}"
        )

    @property
    def order(self) -> str:
        return self.number if db.dialect() == "sqlite" else f"{self.xact}, {self.number}"

    def past(self, place: str) -> str:
        """The rows after a place in the chain."""
        if db.dialect() == "sqlite":
            return f"{self.number} > :{place}_number"
        return f"({self.xact}, {self.number}) > (:{place}_xact, :{place}_number)"

    @property
    def settled(self) -> str:
        """The rows that no open transaction can slip in front of any more."""
        return (
            "TRUE"
            if db.dialect() == "sqlite"
            else f"{self.xact} < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        )


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: its last seal, that seal's hash, and the row up to which it reaches."""

    seal_id: int
    hash: str
    xact: int
    number: int


START = Head(0, FIRST_HASH, 0, 0)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head as it is kept outside: on paper, in a mail, in the log of another machine. What it covers cannot be cut off unseen."""

    chain: str
    seal_id: int
    hash: str

    def __str__(self) -> str:
        return f"{self.chain}:{self.seal_id}:{self.hash}"


_ANCHOR = re.compile(r"\b([a-z]+):([0-9]{1,18}):([0-9a-f]{64})\b")


def anchors_in(text: str) -> list[Anchor]:
    """Every head that a text names, whatever else stands in it."""
    return [Anchor(chain, int(seal_id), sealed) for chain, seal_id, sealed in _ANCHOR.findall(text)]


async def anchor(chain: Chain) -> Anchor | None:
    """The head of a chain to keep outside; None while nothing is sealed."""
    newest = await head(chain)
    return None if newest == START else Anchor(chain.name, newest.seal_id, newest.hash)


async def unmet(chain: Chain, anchors: Sequence[Anchor]) -> list[str]:
    """A sentence for each head of the chain, kept outside, that it does not have any more: its end was cut off, or it was written anew."""
    found = []
    for kept in anchors:
        if kept.chain != chain.name:
            continue
        there = await db.scalar(
            "SELECT hash FROM audit_seal WHERE chain = :chain AND id = :id", chain=chain.name, id=kept.seal_id
        )
        if there is None:
            found.append(f"seal {kept.seal_id} of the {chain.name} chain, which was kept outside, is gone")
        elif there != kept.hash:
            found.append(
                f"seal {kept.seal_id} of the {chain.name} chain is not the one that was kept outside"
            )
    return found


@dataclass(frozen=True, slots=True)
class _Seal:
    id: int
    last_xact: int
    last_entry_id: int
    entries: int
    previous_hash: str
    hash: str


async def head(chain: Chain) -> Head:
    """The newest seal of a chain."""
    newest = await db.fetch_one(
        Head,
        "SELECT id, hash, last_xact, last_entry_id FROM audit_seal WHERE chain = :chain ORDER BY id DESC LIMIT 1",
        chain=chain.name,
    )
    return newest or START


@db.unit_of_work
async def seal_due(chain: Chain, *, now: datetime, limit: int = BATCH_ROWS_MAX) -> int:
    """Seals the next rows, at most `limit`; how many. Of two workers at once one is refused, so that a chain never forks."""
    last = await head(chain)
    rows = await db.tuples(
        chain.rows_sql(f"{chain.past('last')} AND {chain.settled}") + " LIMIT :limit",
        last_xact=last.xact,
        last_number=last.number,
        limit=limit,
    )
    if not rows:
        return 0
    await db.insert(
        "audit_seal",
        chain=chain.name,
        last_xact=rows[-1][0],
        last_entry_id=rows[-1][1],
        entries=len(rows),
        previous_hash=last.hash,
        hash=_hash(last.hash, rows),
        sealed_at=now,
    )
    return len(rows)


async def verify(chain: Chain) -> list[str]:
    """Adds a chain up again from its first row: a sentence for what does not fit, none if it is whole."""
    previous = START
    while True:
        seal = await db.fetch_one(
            _Seal,
            "SELECT id, last_xact, last_entry_id, entries, previous_hash, hash FROM audit_seal"
            " WHERE chain = :chain AND id > :id ORDER BY id LIMIT 1",
            chain=chain.name,
            id=previous.seal_id,
        )
        if seal is None:
            return []
        rows = await _between(chain, previous, seal)
        if seal.previous_hash != previous.hash:
            return [f"seal {seal.id} of the {chain.name} chain does not follow the one before it"]
        if len(rows) != seal.entries:
            return [
                f"seal {seal.id} of the {chain.name} chain covers {seal.entries} rows, but {len(rows)} are there"
            ]
        if _hash(previous.hash, rows) != seal.hash:
            return [f"a row under seal {seal.id} of the {chain.name} chain was changed"]
        previous = Head(seal.id, seal.hash, seal.last_xact, seal.last_entry_id)


async def _between(chain: Chain, previous: Head, seal: _Seal) -> list[tuple[Any, ...]]:
    return await db.tuples(
        chain.rows_sql(f"{chain.past('from')} AND NOT ({chain.past('to')})"),
        from_xact=previous.xact,
        from_number=previous.number,
        to_xact=seal.last_xact,
        to_number=seal.last_entry_id,
    )


def _hash(previous: str, rows: list[tuple[Any, ...]]) -> str:
    digest = hashlib.sha256(previous.encode())
    for row in rows:
        digest.update(_json(row).encode())
    return digest.hexdigest()
