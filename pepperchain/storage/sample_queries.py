"""Reading the samples of a lot and what was found in them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pepperchain.access.actor import Actor
from pepperchain.core import db
from pepperchain.core.errors import Missing
from pepperchain.core.units import Grams
from pepperchain.storage import lot_queries
from pepperchain.storage.lot_queries import LotRow
from pepperchain.storage.quality_rules import Item, Limit, Verdict, read, source, tenths

SAMPLES_MAX = 50


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One thing that was measured, as it is read: `said` and `limit` are numbers of the item's unit."""

    item: Item
    said: str
    limit: str
    allowed: bool | None

    @property
    def label(self) -> str:
        """What was measured: a message id."""
        return self.item.label


@dataclass(frozen=True, slots=True)
class TestRow:
    """What a laboratory found."""

    id: str
    sample_id: str
    form: str
    laboratory: str
    certificate: str | None
    tested_on: str
    verdict: Verdict
    remark: str | None
    noted_by_name: str
    blocks: bool
    results: tuple[ResultRow, ...]

    def source(self, item: Item, language: str) -> str:
        """Where the limit of an item comes from."""
        return source(self.form, item, language)


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A sample, and the tests of it, newest first."""

    id: str
    grams: Grams
    taken_at: int
    taken_by_name: str
    note: str | None
    is_taken_back: bool
    tests: tuple[TestRow, ...]


_ITEMS = ", ".join(f"t.{item.value}" for item in Item)


def _test(*row: Any) -> TestRow:
    limits: dict[Item, Limit] = read(row[10])
    results = tuple(
        ResultRow(
            item,
            tenths(value),
            limits[item].said if item in limits else "",
            limits[item].allows(value) if item in limits else None,
        )
        for item, value in zip(Item, row[11:], strict=True)
        if value is not None
    )
    id, sample_id, form, laboratory, certificate, tested_on, verdict, remark, noted_by, blocks = row[:10]
    return TestRow(
        str(id), str(sample_id), form, laboratory, certificate, str(tested_on), Verdict(verdict), remark, noted_by, bool(blocks),
        results,
    )  # fmt: skip


async def samples(lot_id: int) -> list[SampleRow]:
    """The samples of a lot that was looked up within its actor's scope, newest first."""
    tests = await db.fetch(
        _test,
        "SELECT t.id, t.sample_id, t.form, t.laboratory, t.certificate, t.tested_on, t.verdict, t.remark, t.noted_by_name,"
        f" t.block_id IS NOT NULL, t.limits, {_ITEMS} FROM storage_test t WHERE t.lot_id = :id ORDER BY t.tested_on DESC, t.noted_at DESC",
        id=lot_id,
    )
    return await db.fetch(
        lambda *row: SampleRow(
            str(row[0]),
            Grams(row[1]),
            row[2],
            row[3],
            row[4],
            bool(row[5]),
            tuple(test for test in tests if test.sample_id == str(row[0])),
        ),
        "SELECT s.id, s.grams, s.taken_at, s.taken_by_name, s.note, v.id IS NOT NULL FROM storage_sample s"
        " LEFT JOIN storage_movement v ON v.reverses_id = s.id WHERE s.lot_id = :id ORDER BY s.taken_at DESC, s.id DESC LIMIT :limit",
        id=lot_id,
        limit=SAMPLES_MAX,
    )


async def sampled_lot(actor: Actor, sample_id: UUID) -> LotRow:
    """The lot that a sample is of. Missing: there is none, or it is not the actor's to see."""
    lot_id = await db.scalar("SELECT lot_id FROM storage_sample WHERE id = :id", id=sample_id)
    if lot_id is None:
        raise Missing()
    return await lot_queries.lot(actor, lot_id)
