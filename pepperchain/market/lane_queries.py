"""Lanes: where something was chosen, the stretches of an index that hold just that, each laid out in the order of the list.

A search for dry pepper in the order of weight would walk past half a million heavier lots of fresh pepper before it met fifty dry
ones. So there is an index for each order by product, by township and by both; a page is merged from the first rows of each lane.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product as pairs

from pepperchain.core import db
from pepperchain.core.sql import EVERYTHING, Clause
from pepperchain.market.clause_queries import Choice
from pepperchain.market.order_queries import Order, hint

LANES_MAX = 64
SITE = "storage_offer_site"


@dataclass(frozen=True, slots=True)
class Lanes:
    """An index, the values of its first columns for each lane, and what of a choice these do not say."""

    index: str
    columns: Sequence[str] = ()
    values: Sequence[tuple[int, ...]] = ((),)
    rest: Clause = EVERYTHING

    def page(self, order: Order, narrowed: Clause) -> Clause:
        """A SELECT of `id` and `order_key`: the first `:limit` rows of all lanes, in their order, that pass `narrowed`."""
        passing = narrowed & self.rest
        if not self.columns:
            return Clause(self._lane(order, passing.sql), passing.params)
        return (self._apart if db.dialect() == "sqlite" else self._side_by_side)(order, passing)

    def _lane(self, order: Order, passing: str) -> str:
        return (
            f"SELECT l.id, {order.key} AS order_key FROM storage_lot l {hint(self.index)} WHERE l.free_grams <> 0 AND {passing}"
            f" ORDER BY {order.by if self.is_laid_out(order) else order.put_in_order} LIMIT :limit"
        )

    def is_laid_out(self, order: Order) -> bool:
        """Whether each lane's rows stand in the order already; what was gathered by something else is sorted."""
        return self.index.startswith(order.index)

    def _named(self) -> list[dict[str, int]]:
        """The values of each lane by the names of their parameters."""
        return [
            {f"lane_{number}_{place}": value for place, value in enumerate(lane)}
            for number, lane in enumerate(self.values)
        ]

    def _apart(self, order: Order, passing: Clause) -> Clause:
        params = dict(passing.params)
        arms = []
        for number, names in enumerate(self._named()):
            its_own = " AND ".join(
                f"l.{column} = :{name}" for column, name in zip(self.columns, names, strict=True)
            )
            arms.append(
                f"SELECT * FROM ({self._lane(order, f'{its_own} AND {passing.sql}')}) AS lane_{number}"
            )
            params |= names
        # The plus keeps SQLite from merging sorted arms pair by pair, which costs more than sorting what they hold.
        merged = f"ORDER BY +order_key {order.direction}, +id {order.direction} LIMIT :limit"
        return Clause(f"SELECT * FROM ({' UNION ALL '.join(arms)}) AS merged {merged}", params)

    def _side_by_side(self, order: Order, passing: Clause) -> Clause:
        """PostgreSQL would plan each arm for itself; a lateral join is planned once for all."""
        params = dict(passing.params)
        rows = []
        for names in self._named():
            rows.append(f"({', '.join(f'CAST(:{name} AS BIGINT)' for name in names)})")
            params |= names
        its_own = " AND ".join(f"l.{column} = lane.{column}" for column in self.columns)
        return Clause(
            f"SELECT merged.* FROM (VALUES {', '.join(rows)}) AS lane ({', '.join(self.columns)})"
            f" CROSS JOIN LATERAL ({self._lane(order, f'{its_own} AND {passing.sql}')}) AS merged"
            f" ORDER BY order_key {order.direction}, id {order.direction} LIMIT :limit",
            params,
        )


def lanes(choice: Choice, order: Order) -> Lanes:
    """The fewest rows that a choice can be read from in an order."""
    products, townships = choice.products, choice.townships
    if choice.site is not None:
        return Lanes(SITE, rest=choice.clause())
    if products is not None and townships is not None and len(products) * len(townships) <= LANES_MAX:
        both = _filled(list(pairs(townships, products)), (0, 0))
        return Lanes(f"{order.index}_both", ("township_id", "product_id"), both)
    if products is not None and (townships is None or len(products) <= len(townships)):
        if len(products) <= LANES_MAX:
            each = _filled([(id,) for id in products], (0,))
            return Lanes(f"{order.index}_product", ("product_id",), each, choice.of_townships())
    elif townships is not None and len(townships) <= LANES_MAX:
        each = _filled([(id,) for id in townships], (0,))
        return Lanes(f"{order.index}_township", ("township_id",), each, choice.of_products())
    return Lanes(order.index, rest=choice.clause())


def _filled(lanes: Sequence[tuple[int, ...]], nobody: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Rounded up to a power of two with ids that nothing has, so that few texts are ever prepared."""
    return [*lanes, *[nobody] * ((1 << (len(lanes) - 1).bit_length()) - len(lanes))]
