"""A household's storage book: every movement of its receipts with what is left after it. Looks nothing up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pepperchain.bank.rules import EventKind
from pepperchain.core.units import Fen, Grams
from pepperchain.core.words import N_

DUE = N_("Settled, due")
PAID = N_("Paid out")
PART = N_("Receipt issued")

_SIGNS = {
    EventKind.ISSUED: 1,
    EventKind.REVERSED: 1,
    EventKind.SOLD: -1,
    EventKind.LIQUIDATED: -1,
    EventKind.WITHDRAWN: -1,
    EventKind.SPLIT_OFF: -1,
    EventKind.MERGED: -1,
    EventKind.TRANSFERRED: -1,
    EventKind.REISSUED: -1,
    EventKind.VOIDED: -1,
    EventKind.LOSS: -1,
    EventKind.PLEDGED: 0,
    EventKind.UNPLEDGED: 0,
}
IN_THE_BOOK = frozenset(_SIGNS)
"""What moves grams of a receipt or locks them; orders and papers do neither."""


class Product(NamedTuple):
    """What is weighed together."""

    form: str
    grade: str
    cultivar: str
    season: int


@dataclass(frozen=True, slots=True)
class Move:
    """Something that was entered, `at` in milliseconds, and the day it holds from. `label` is a message id.

    `grams` as they were told, whatever that did to the receipt; `fen` is what it did to the money due. Money alone has no `kind`.
    """

    at: int
    happened_on: date
    label: str
    receipt_id: int
    number: str
    other_number: str | None
    product: Product
    grams: Grams
    kind: EventKind | None
    fen: Fen
    reason: str | None

    @property
    def change(self) -> Grams:
        """What it did to what is in store: a part that becomes a receipt of its own leaves the one and comes with the other."""
        return Grams(0 if self.kind is None else _SIGNS[self.kind] * self.grams)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the book: what moved, and what of that product is in store and what money is due after it."""

    move: Move
    left_grams: Grams
    due_fen: Fen


def entries(grams: Sequence[Move], money: Sequence[Move]) -> list[Entry]:
    """Both in one row, in the order in which they were entered, grams before the money that they brought."""
    left: dict[Product, int] = {}
    due, found = 0, []
    for move in sorted([*grams, *money], key=lambda each: (each.at, each.kind is None)):
        left[move.product] = left.get(move.product, 0) + move.change
        due += move.fen
        found.append(Entry(move, Grams(left[move.product]), Fen(due)))
    return found


def in_store(book: Sequence[Entry]) -> dict[Product, Grams]:
    """What is in store of each product at the book's end; what is all gone is left out."""
    last = {entry.move.product: entry.left_grams for entry in book}
    return {product: grams for product, grams in sorted(last.items()) if grams}
