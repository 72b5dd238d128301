"""What a day close says, as plain numbers: grams by product, money in fen. Looks nothing up."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class ProductDay:
    """A product's day: what was kept for others before it, what came and went, and whose claims that is at its end."""

    form: str
    grade: str
    cultivar: str
    season: int
    opened_grams: int
    came_grams: int
    went_grams: int
    free_grams: int
    ordered_grams: int
    pledged_grams: int
    claims_now_grams: int
    stock_now_grams: int

    @property
    def closed_grams(self) -> int:
        """What is kept for others at the end of the day."""
        return self.opened_grams + self.came_grams - self.went_grams

    @property
    def claims_grams(self) -> int:
        """What receipts stand for at the end of the day."""
        return self.free_grams + self.ordered_grams + self.pledged_grams

    @property
    def adds_up(self) -> bool:
        """Whether every gram that is kept is somebody's claim."""
        return self.closed_grams == self.claims_grams


@dataclass(frozen=True, slots=True)
class MoneyDay:
    """What is due from and to whom when the close was prepared, and what the day brought."""

    due_to_growers_fen: int
    due_to_lenders_fen: int
    owed_by_growers_fen: int
    sold_fen: int
    paid_fen: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A whole day."""

    products: Sequence[ProductDay]
    money: MoneyDay

    @property
    def backing_ppm(self) -> int | None:
        """How much pepper lies there for what receipts claim, in parts per million, rounded down; None if nothing is claimed."""
        claims = sum(each.claims_now_grams for each in self.products)
        return sum(each.stock_now_grams for each in self.products) * PPM // claims if claims else None

    @property
    def lacking_grams(self) -> int:
        """How much less lies in the rooms than receipts claim, product by product: the keeper owes it."""
        return sum(max(each.claims_now_grams - each.stock_now_grams, 0) for each in self.products)

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"products": [asdict(each) for each in self.products], "money": asdict(self.money)}


def moved(figures: Figures) -> dict[tuple[str, str, str, int], tuple[int, int]]:
    """What came and went, by product; products of which nothing did are left out."""
    return {
        (each.form, each.grade, each.cultivar, each.season): (each.came_grams, each.went_grams)
        for each in figures.products
        if each.came_grams or each.went_grams
    }


def opened(figures: Figures) -> dict[tuple[str, str, str, int], int]:
    """What was kept before the day, by product; products of which there was nothing are left out."""
    return {
        (each.form, each.grade, each.cultivar, each.season): each.opened_grams
        for each in figures.products
        if each.opened_grams
    }


def kept(said: dict[str, Any]) -> Figures:
    """As it was written."""
    return Figures([ProductDay(**each) for each in said["products"]], MoneyDay(**said["money"]))
