"""Slips: what each family brought to its collecting point, evening by evening, and their place in the books."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b

from pepperchain.harvest import weighins
from pepperchain.harvest.products import FLOOR, SOURCE, Product
from pepperchain.harvest.rules import season_of
from pepperchain.seeds import seasons
from pepperchain.seeds.bodies import Cooperative, Place
from pepperchain.seeds.dice import Dice
from pepperchain.seeds.families import MEAN_CENTIMU, Family, Orchard
from pepperchain.seeds.posting import Account, Books
from pepperchain.seeds.rows import Rows
from pepperchain.seeds.seasons import DAY_MS, HOUR_MS, MINUTE_MS

SLIP = (
    "id", "site_id", "number", "township_id", "village_id", "household_id", "cooperative_id", "deliverer_id", "plot_id",
    "product_id", "form", "grade", "cultivar", "season", "gross_grams", "tare_grams", "deduction_grams", "net_grams", "bags",
    "moisture_permille", "picked_at", "weighed_at", "day", "price_fen_per_kg", "amount_fen", "price_set_at", "lot_id",
    "voided_at", "void_reason", "void_id", "content_hash",
)  # fmt: skip
FORMS = (("fresh", 460), ("preserved_fresh", 320), ("dry", 180), ("live", 40))
PAST_FORMS = (("fresh", 840), ("dry", 160))
LIVE_DAYS = 9
_GRAMS_PER_CENTIMU = 6_000
_NO_PLOT_CENTIMU = 150
_TRIP_GRAMS_MIN = 28_000
_TRIP_GRAMS_MAX = 460_000
_BAG_GRAMS = 28_000
_VOID_PERMILLE = 3
_VOID_REASONS = ("毛重输错", "选错了椒农", "斤当成公斤", "重复过磅")
_UNPRICED_PERMILLE = {"live": 300}
_UNPRICED_OTHERWISE = 6
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_LOCAL_MS = 8 * HOUR_MS  # Jiangjin has been eight hours ahead of UTC all these years


@dataclass(slots=True)
class Slip:
    """A slip on its way: weighed, numbered, perhaps put into a lot, then written."""

    id: str
    place: Place
    family: Family
    orchard: Orchard | None
    form: str
    grade: str
    cultivar: str
    season: int
    net_grams: int
    picked_ms: int
    weighed_ms: int
    day: date
    is_live: bool
    price: int | None
    product: Product
    lot_id: int | None = None
    is_void: bool = False


@dataclass(slots=True)
class Scales:
    """Weighs families in: what they bring in a season, in how many trips, at what price."""

    rows: Rows
    books: Books
    products: dict[tuple[str, str, str, int], Product]
    prices: dict[int, seasons.Prices]
    now_ms: int
    season: int
    owed: int = 0
    """Thousandths of a slip that rounding has left over so far."""

    def harvest_of(
        self, dice: Dice, one: Cooperative, families: Iterable[Family], *, season: int, slips_permille: int
    ) -> list[Slip]:
        """All slips of a cooperative's families in a season, `slips_permille` thousandths of a slip for each on average."""
        forms = FORMS if season == self.season else PAST_FORMS
        offset = dice.between(-35, 35)
        most = _TRIP_GRAMS_MAX if season == self.season else _TRIP_GRAMS_MAX * 4
        found: list[Slip] = []
        for number, family in enumerate(families):
            area = family.area_centimu or _NO_PLOT_CENTIMU
            self.owed += slips_permille * (MEAN_CENTIMU + area) // (2 * MEAN_CENTIMU)
            trips, self.owed = divmod(self.owed, 1000)
            place = one.sites[number % len(one.sites)]
            for orchard, load in _loads(family, trips):
                form = dice.weighted(forms)
                grams = min(load * dice.between(620, 1380) // 1000, most)
                found.append(self._trip(dice, place, family, orchard, season, form, grams, offset))
        found.sort(key=lambda slip: (slip.weighed_ms, slip.id))
        return found

    def _trip(
        self,
        dice: Dice,
        place: Place,
        family: Family,
        orchard: Orchard | None,
        season: int,
        form: str,
        grams: int,
        offset: int,
    ) -> Slip:
        cultivar = orchard.cultivar if orchard else "jiuyeqing"
        if orchard:
            grams = grams * orchard.vigour_permille // 1000
        grams = max(_TRIP_GRAMS_MIN + dice.below(20_000), grams)
        is_live = form == "live"
        if is_live:
            picked_ms, weighed_ms = self._lately(dice)
            form, season = "fresh", season_of(day_of(picked_ms))
        else:
            altitude = orchard.altitude_m if orchard else family.village.altitude_m
            picked = seasons.picking_day(dice, season, family.village.band, altitude, cultivar)
            picked_ms, weighed_ms = self._in_season(dice, form, picked)
        if form == "dry":
            grams //= 5
        day = day_of(weighed_ms)
        grade = dice.weighted(seasons.GRADES[form])
        price = None
        if not dice.happens(_UNPRICED_PERMILLE["live"] if is_live else _UNPRICED_OTHERWISE):
            price = self.prices[season].fen_per_kg(form, grade, day, offset)
        return Slip(
            dice.event_id(weighed_ms), place, family, orchard, form, grade, cultivar, season, grams // 10 * 10, picked_ms,
            weighed_ms, day, is_live, price, self.products[form, grade, cultivar, season],
            is_void=dice.happens(_VOID_PERMILLE),
        )  # fmt: skip

    def _in_season(self, dice: Dice, form: str, picked: date) -> tuple[int, int]:
        morning = start_ms(picked)
        picked_ms = morning + (6 * 60 + dice.below(9 * 60)) * MINUTE_MS
        if form == "fresh":
            return picked_ms, max(picked_ms + HOUR_MS, morning + (16 * 60 + dice.below(5 * 60)) * MINUTE_MS)
        if form == "preserved_fresh":  # blanched and frozen before the evening, or it is no longer fresh
            return picked_ms, picked_ms + (3 * 60 + dice.below(8 * 60)) * MINUTE_MS
        weighed_ms = morning + dice.between(9, 40) * DAY_MS + (8 * 60 + dice.below(10 * 60)) * MINUTE_MS
        return picked_ms, min(weighed_ms, self.now_ms - dice.below(3 * DAY_MS) - HOUR_MS)

    def _lately(self, dice: Dice) -> tuple[int, int]:
        """An evening of the last days; of today, some time before now."""
        today_ms = start_ms(day_of(self.now_ms))
        back = min(dice.below(LIVE_DAYS), dice.below(LIVE_DAYS))
        weighed_ms = today_ms - back * DAY_MS + (15 * 60 + dice.below(6 * 60)) * MINUTE_MS
        if weighed_ms > self.now_ms:
            weighed_ms = today_ms + dice.below(self.now_ms - today_ms + 1)
        return weighed_ms - (60 + dice.below(9 * 60)) * MINUTE_MS, weighed_ms

    def post(self, dice: Dice, slips: Iterable[Slip]) -> None:
        """Numbers the slips of a place in the order of their weighing and puts them on its floor, the voided ones off again."""
        for slip in slips:
            floor, source = self.accounts(slip)
            book = f"site:{slip.place.id}"
            self.books.post(
                slip.id, weighins.KIND, book=book, day=slip.day.isoformat(), at_ms=slip.weighed_ms,
                township_id=slip.place.township_id, debit=floor, credit=source, amount=slip.net_grams,
            )  # fmt: skip
            slip.place.slips += 1
            self._write(dice, slip, slip.place.slips, book, floor, source)

    def accounts(self, slip: Slip) -> tuple[Account, Account]:
        """The floor that a slip lies on and the orchards it comes from."""
        commodity, township = slip.product.commodity_id, slip.place.township_id
        floor = self.books.account(
            FLOOR, f"site:{slip.place.id}", commodity, side="debit", guarded=True, township_id=township
        )
        source = self.books.account(
            SOURCE, f"township:{township}", commodity, side="credit", guarded=False, township_id=township
        )
        return floor, source

    def _write(self, dice: Dice, slip: Slip, number: int, book: str, floor: Account, source: Account) -> None:
        bags = 1 + slip.net_grams // _BAG_GRAMS
        tare = bags * 400
        deduction = slip.net_grams * dice.one((0, 0, 0, 8, 15)) // 10_000 * 10
        voided_ms = void_id = reason = None
        if slip.is_void:
            voided_ms = min(slip.weighed_ms + (5 + dice.below(300)) * MINUTE_MS, self.now_ms)
            void_id, reason = dice.event_id(voided_ms), dice.one(_VOID_REASONS)
            self.books.post(
                void_id, weighins.VOID_KIND, book=book, day=day_of(voided_ms).isoformat(), at_ms=voided_ms,
                township_id=slip.place.township_id, debit=source, credit=floor, amount=slip.net_grams, reverses=slip.id,
                reason=reason,
            )  # fmt: skip
        amount = None if slip.price is None else (slip.net_grams * slip.price * 2 + 1000) // 2000
        family = slip.family
        self.rows.waiting["harvest_weighin"].append((
            slip.id, slip.place.id, number, slip.place.township_id, family.village.id, family.household_id,
            slip.place.operator_id, dice.one(family.grown_ups), slip.orchard.plot_id if slip.orchard else None,
            slip.product.id, slip.form, slip.grade, slip.cultivar, slip.season, slip.net_grams + tare + deduction, tare,
            deduction, slip.net_grams, bags, dice.between(92, 128) if slip.form == "dry" else None, slip.picked_ms,
            slip.weighed_ms, slip.day.isoformat(), slip.price, amount, slip.weighed_ms if slip.price else None, slip.lot_id,
            voided_ms, reason, void_id, blake2b(slip.id.encode(), digest_size=16).hexdigest(),
        ))  # fmt: skip


def _loads(family: Family, trips: int) -> Iterator[tuple[Orchard | None, int]]:
    """Which plot each trip comes from, and what a plot gives each time: its season's crop in equal loads."""
    for trip in range(trips):
        if not family.orchards:
            yield None, _NO_PLOT_CENTIMU * _GRAMS_PER_CENTIMU // trips
            continue
        place = trip % len(family.orchards)
        orchard = family.orchards[place]
        loads = (trips - place + len(family.orchards) - 1) // len(family.orchards)
        yield orchard, orchard.area_centimu * _GRAMS_PER_CENTIMU // loads


@lru_cache(maxsize=4096)
def start_ms(day: date) -> int:
    """The first millisecond of a Jiangjin day."""
    return (day.toordinal() - _EPOCH_ORDINAL) * DAY_MS - _LOCAL_MS


def day_of(ms: int) -> date:
    """The Jiangjin day that a moment falls on."""
    return _day((ms + _LOCAL_MS) // DAY_MS)


@lru_cache(maxsize=4096)
def _day(number: int) -> date:
    return date.fromordinal(number + _EPOCH_ORDINAL)
