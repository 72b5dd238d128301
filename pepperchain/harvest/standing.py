"""Looking up many slips at once: those that a sheet is about, and those that a list brought in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pepperchain.core import db
from pepperchain.core.clock import to_ms
from pepperchain.core.units import Fen, Grams
from pepperchain.harvest.slips import NewSlip
from pepperchain.harvest.totals import Counted

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Standing:
    """A slip as it stands, with what the totals are made of."""

    id: str
    number: int
    slip_prefix: str
    voided_at: int | None
    void_id: str | None
    void_reason: str | None
    lot_id: int | None
    price_set_at: int | None
    content_hash: str
    day: str
    site_id: int
    site_township_id: int
    cooperative_id: int
    product_id: int
    form: str
    season: int
    household_id: int
    township_id: int
    village_id: int
    plot_id: int | None
    net_grams: int
    amount_fen: int | None
    gross_grams: int
    tare_grams: int
    grade: str
    cultivar: str
    weighed_at: int

    def is_like(self, slip: NewSlip) -> bool:
        """Whether a slip says the same of whose pepper it was, what it was, how much and when, to the minute."""
        return (
            slip.household_id == self.household_id
            and (slip.form, slip.grade, slip.cultivar) == (self.form, self.grade, self.cultivar)
            and (int(slip.gross), int(slip.tare), int(slip.net))
            == (self.gross_grams, self.tare_grams, self.net_grams)
            and slip.weighed_at is not None
            and to_ms(slip.weighed_at) // MINUTE_MS == self.weighed_at // MINUTE_MS
        )

    def counted(self) -> Counted:
        """What the totals know of it."""
        return Counted(
            date.fromisoformat(self.day), self.site_id, self.site_township_id, self.cooperative_id, self.product_id, self.form,
            self.season, self.household_id, self.township_id, self.village_id, self.plot_id, None, None, None,
            Grams(self.net_grams), None if self.amount_fen is None else Fen(self.amount_fen),
        )  # fmt: skip


def _standing(*row: Any) -> Standing:
    values = list(row)
    values[0], values[9] = str(values[0]), str(values[9])
    values[4] = None if values[4] is None else str(values[4])
    return Standing(*values)


_STANDING = (
    "SELECT w.id, w.number, s.slip_prefix, w.voided_at, w.void_id, w.void_reason, w.lot_id, w.price_set_at, w.content_hash,"
    " w.day, w.site_id, s.township_id, w.cooperative_id, w.product_id, w.form, w.season, w.household_id, w.township_id,"
    " w.village_id, w.plot_id, w.net_grams, w.amount_fen, w.gross_grams, w.tare_grams, w.grade, w.cultivar, w.weighed_at"
    " FROM harvest_weighin w JOIN directory_site s ON s.id = w.site_id"
)


async def of_ids(weighin_ids: Collection[str | UUID]) -> list[Standing]:
    """The slips of these ids that there are. For lists whose scope was checked: it asks nobody who they are."""
    if not weighin_ids:
        return []
    return await db.fetch(_standing, f"{_STANDING} WHERE w.id IN :ids", ids=[str(id) for id in weighin_ids])


async def by_number(codes: Collection[tuple[int, int]]) -> dict[tuple[int, int], Standing]:
    """Slips by site and number, for sites whose scope was checked."""
    found: dict[tuple[int, int], Standing] = {}
    for site_id in {site_id for site_id, _ in codes}:
        for slip in await db.fetch(
            _standing,
            f"{_STANDING} WHERE w.site_id = :site AND w.number IN :numbers",
            site=site_id,
            numbers=[number for site, number in codes if site == site_id],
        ):
            found[site_id, slip.number] = slip
    return found
