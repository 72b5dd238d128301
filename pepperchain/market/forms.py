"""What a buyer asks for, as an address carries it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pepperchain.core import clock
from pepperchain.harvest.rules import cultivars, forms, grades
from pepperchain.market.rules import Criteria, Limits, Sort
from pepperchain.web.fields import Day, Flag, RegistryId, Weight, YuanPerKg, one_of
from pepperchain.web.forms import Form

TOWNSHIPS_MAX = 40

if TYPE_CHECKING:
    FormCode = str
    Grade = str
    Cultivar = str
else:
    FormCode, Grade, Cultivar = one_of(forms), one_of(grades), one_of(cultivars)


class StockSearch(Form):
    """The search of the market. Bounds are in kilograms (or 斤) and yuan; the API has its own, in grams and fen."""

    form: FormCode | None = None
    grade: Grade | None = None
    cultivar: Cultivar | None = None
    township: tuple[RegistryId, ...] = ()
    site: RegistryId | None = None
    min: Weight | None = None
    max_price: YuanPerKg | None = None
    picked_since: Day | None = None
    fresh_only: Flag = False
    sort: Sort = Sort.NEWEST

    @property
    def criteria(self) -> Criteria:
        """As the queries take it."""
        since = None if self.picked_since is None else clock.day_start(self.picked_since)
        limits = Limits(self.min, since, self.max_price, self.fresh_only)
        townships = tuple(sorted(set(self.township)))[:TOWNSHIPS_MAX]
        return Criteria(self.form, self.grade, self.cultivar, townships, self.site, limits, self.sort)

    @property
    def bounds(self) -> Mapping[str, Any]:
        """The bounds that were set, for chips that drop them."""
        return {
            name: value
            for name in ("min", "max_price", "picked_since", "fresh_only")
            if (value := getattr(self, name))
        }
