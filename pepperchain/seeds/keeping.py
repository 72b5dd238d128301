"""Lots: which slips went into which room together, what was sold since, and what still lies there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby

from pepperchain.access.actor import SYSTEM
from pepperchain.core import clock
from pepperchain.harvest.products import Product
from pepperchain.seeds.bodies import Cooperative, Space
from pepperchain.seeds.dice import Dice
from pepperchain.seeds.posting import Account, Books
from pepperchain.seeds.rows import Rows
from pepperchain.seeds.seasons import DAY_MS, HOUR_MS, MINUTE_MS
from pepperchain.seeds.weighing import Scales, Slip, day_of, start_ms
from pepperchain.storage import rules
from pepperchain.storage.postings import ISSUED
from pepperchain.storage.postings import LOT as LOT_KIND

LOT = (
    "id", "code", "product_id", "form", "grade", "cultivar", "season", "site_id", "room_id", "township_id",
    "origin_township_id", "operator_id", "cooperative_id", "account_id", "picked_at", "received_at", "fresh_until_at", "slips",
    "on_hand_grams", "held_grams", "free_grams", "asking_fen_per_kg", "is_open",
)  # fmt: skip
LOT_SLIP = ("lot_id", "weighin_id")
MOVEMENT = (
    "id", "lot_id", "kind", "from_room_id", "to_room_id", "grams", "at", "actor_name", "township_id", "reason",
    "content_hash",
)  # fmt: skip
_ISSUED_FOR = "出库加工"
_ROOM_KIND = {"fresh": "chilled", "preserved_fresh": "frozen", "dry": "dry"}
_LIVE_SLIPS_MAX = 2
_ASKING_PERMILLE = 860


@dataclass(slots=True)
class Lot:
    """Slips that are received together, and when they left."""

    id: int
    slips: Sequence[Slip]
    space: Space
    received_ms: int
    issued_ms: int | None

    @property
    def grams(self) -> int:
        return sum(slip.net_grams for slip in self.slips)


@dataclass(slots=True)
class Keeping:
    """Puts slips into rooms. `open_permille` of what keeps (preserved-fresh and dry) still lies there."""

    scales: Scales
    open_permille: int

    @property
    def rows(self) -> Rows:
        return self.scales.rows

    @property
    def books(self) -> Books:
        return self.scales.books

    def plan(self, dice: Dice, one: Cooperative, slips: Iterable[Slip]) -> list[Lot]:
        """Lots of the slips that were not voided; each slip learns its lot. Today's last ones still lie on the floor."""
        found: list[Lot] = []
        for batch in _batches(slips):
            first, last_ms = batch[0], batch[-1].weighed_ms
            space = one.rooms[_ROOM_KIND[first.form]]
            received_ms = last_ms + (20 + dice.below(40)) * MINUTE_MS
            if received_ms > self.scales.now_ms:
                continue
            lot = Lot(
                self.rows.id("storage_lot"), batch, space, received_ms, self._issued(dice, first, received_ms)
            )
            for slip in batch:
                slip.lot_id = lot.id
            found.append(lot)
        return found

    def _issued(self, dice: Dice, slip: Slip, received_ms: int) -> int | None:
        if slip.is_live:
            return None
        if slip.form == "fresh":
            return start_ms(day_of(received_ms)) + DAY_MS + (6 * 60 + dice.below(240)) * MINUTE_MS
        if slip.season == self.scales.season and dice.happens(self.open_permille):
            return None
        span = self.scales.now_ms - received_ms - 2 * HOUR_MS
        return received_ms + HOUR_MS + dice.below(min(span, 200 * DAY_MS)) if span > 0 else None

    def post(self, dice: Dice, one: Cooperative, lots: Iterable[Lot]) -> None:
        """The lots with their accounts, movements and postings; what was not issued fills its room."""
        for lot in lots:
            product, grams = lot.slips[0].product, lot.grams
            account = self.books.account_of_one(
                LOT_KIND, f"lot:{lot.id}", product.commodity_id, township_id=lot.space.site.township_id
            )
            floor, _ = self.scales.accounts(lot.slips[0])
            self._move(dice, lot, rules.MovementKind.RECEIVE, lot.received_ms, debit=account, credit=floor)
            if lot.issued_ms is not None:
                issued = self._issued_account(lot, product)
                self._move(dice, lot, rules.MovementKind.ISSUE, lot.issued_ms, debit=issued, credit=account)
            else:
                lot.space.stock_grams += grams
            self.books.write(account)
            self._write(dice, one, lot, account.id, 0 if lot.issued_ms is not None else grams)

    def _issued_account(self, lot: Lot, product: Product) -> Account:
        site = lot.space.site
        return self.books.account(
            ISSUED,
            f"site:{site.id}",
            product.commodity_id,
            side="debit",
            guarded=False,
            township_id=site.township_id,
        )

    def _move(
        self, dice: Dice, lot: Lot, kind: rules.MovementKind, at_ms: int, *, debit: Account, credit: Account
    ) -> None:
        into = kind is rules.MovementKind.RECEIVE
        site = lot.slips[0].place if into else lot.space.site
        id, township_id = dice.event_id(at_ms), lot.space.site.township_id
        reason = None if into else _ISSUED_FOR
        self.books.post(
            id, kind.value, book=f"site:{site.id}", day=day_of(at_ms).isoformat(), at_ms=at_ms, township_id=township_id,
            debit=debit, credit=credit, amount=lot.grams, reason=reason,
        )  # fmt: skip
        self.rows.waiting["storage_movement"].append((
            id, lot.id, kind.value, None if into else lot.space.id, lot.space.id if into else None, lot.grams, at_ms,
            SYSTEM.name, township_id, reason, blake2b(id.encode(), digest_size=16).hexdigest(),
        ))  # fmt: skip

    def _write(self, dice: Dice, one: Cooperative, lot: Lot, account_id: int, left: int) -> None:
        first, site = lot.slips[0], lot.space.site
        picked_ms = min(slip.picked_ms for slip in lot.slips)
        until = rules.fresh_until(
            first.form, lot.space.kind, picked_at=clock.from_ms(picked_ms), now=clock.from_ms(lot.received_ms)
        )
        asking = None
        if dice.happens(_ASKING_PERMILLE):
            paid = first.price or self.scales.prices[first.season].fen_per_kg(
                first.form, first.grade, first.day, 0
            )
            asking = paid * dice.between(1060, 1340) // 10_000 * 10
        self.rows.waiting["storage_lot"].append((
            lot.id, rules.code_of(dice.randbytes(rules.CODE_BYTES)), first.product.id, first.form, first.grade, first.cultivar,
            first.season, site.id, lot.space.id, site.township_id, one.township.id, site.operator_id, one.id, account_id,
            picked_ms, lot.received_ms, clock.to_ms(until), len(lot.slips), left, 0, left, asking, left > 0,
        ))  # fmt: skip
        self.rows.waiting["storage_lot_slip"].extend((lot.id, slip.id) for slip in lot.slips)


def _batches(slips: Iterable[Slip]) -> Iterator[list[Slip]]:
    """Slips of one place, day and product: fresh pepper goes away as the evening's heap, what keeps slip by slip."""
    whole = sorted(
        (slip for slip in slips if not slip.is_void),
        key=lambda slip: (slip.day, slip.place.id, slip.product.id, slip.is_live, slip.weighed_ms),
    )
    for _, group in groupby(whole, key=lambda slip: (slip.day, slip.place.id, slip.product.id, slip.is_live)):
        heap = list(group)
        most = _LIVE_SLIPS_MAX if heap[0].is_live else len(heap) if heap[0].form == "fresh" else 1
        for start in range(0, len(heap), most):
            yield heap[start : start + most]
