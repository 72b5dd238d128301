"""Lanes: where something was chosen, the stretches of an index that hold just that, each laid out in the order of the list.

A search for dry pepper in the order of weight would walk past half a million heavier lots of fresh pepper before it met fifty dry
ones. So there is an index for each order by product, by township and by both; a page is merged from the first rows of each lane.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product as pairs
from typing import TypeVar

from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.market.clause_queries import Choice
from pepperchain.market.order_queries import Order

T = TypeVar("T")

LANES_MAX = 64
SITE = "storage_offer_site"


@dataclass(frozen=True, slots=True)
class Lanes:
    """An index, a condition for each of its stretches, and what of a choice these do not say."""

    index: str
    conditions: Sequence[Clause]
    rest: Clause = EVERYTHING


def all_of(index: str, rest: Clause = EVERYTHING) -> Lanes:
    """One lane, from one end of an index to the other."""
    return Lanes(index, [EVERYTHING], rest)


def lanes(choice: Choice, order: Order) -> Lanes:
    """The fewest rows that a choice can be read from in an order."""
    products, townships = choice.products, choice.townships
    if choice.site is not None:
        return all_of(SITE, choice.clause())
    if products is not None and townships is not None and len(products) * len(townships) <= LANES_MAX:
        return Lanes(f"{order.index}_both", _of_both(products, townships))
    if products is not None and (townships is None or len(products) <= len(townships)):
        if len(products) <= LANES_MAX:
            return Lanes(f"{order.index}_product", _of_each("product_id", products), choice.of_townships())
    elif townships is not None and len(townships) <= LANES_MAX:
        return Lanes(f"{order.index}_township", _of_each("township_id", townships), choice.of_products())
    return all_of(order.index, choice.clause())


def _of_each(column: str, ids: Sequence[int]) -> list[Clause]:
    return [
        Clause(f"l.{column} = :lane_{place}", {f"lane_{place}": id})
        for place, id in enumerate(_filled(ids, 0))
    ]


def _of_both(products: Sequence[int], townships: Sequence[int]) -> list[Clause]:
    return [
        Clause(
            f"l.township_id = :lane_{place} AND l.product_id = :also_{place}",
            {f"lane_{place}": township, f"also_{place}": product},
        )
        for place, (township, product) in enumerate(_filled(list(pairs(townships, products)), (0, 0)))
    ]


def _filled(ids: Sequence[T], nobody: T) -> list[T]:
    """Rounded up to a power of two with ids that nothing has, so that few texts are ever prepared."""
    return [*ids, *[nobody] * ((1 << (len(ids) - 1).bit_length()) - len(ids))]
