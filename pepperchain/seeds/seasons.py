"""When pepper is picked, dried and frozen, and what was paid for it: by altitude, form, grade and day.

Harvest runs from low to high ground, some three to four days later for each hundred metres; prices fall through the harvest and
recover after it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pepperchain.core import clock
from pepperchain.seeds.dice import Dice

OVER_FROM_MONTH = 8
_WINDOWS = {"L": ((5, 15), (6, 20)), "M": ((5, 25), (6, 30)), "H": ((6, 10), (7, 20))}
_LOW_M = {"L": 240, "M": 400, "H": 650}
_MAIN_CULTIVAR_DAYS = {"jiuyeqing_early": -6, "tengjiao": 5}

_FEN_PER_KG = {
    ("fresh", "premium_youjiao"): 1280, ("fresh", "grade_1"): 1050, ("fresh", "grade_2"): 900,
    ("fresh", "grade_3"): 740, ("fresh", "oil_burst"): 340,
    ("preserved_fresh", "grade_1"): 1820, ("preserved_fresh", "grade_2"): 1560, ("preserved_fresh", "grade_3"): 1320,
    ("dry", "grade_1"): 5600, ("dry", "grade_2"): 4900, ("dry", "ungraded"): 4300,
}  # fmt: skip
GRADES = {
    "fresh": (
        ("grade_1", 520),
        ("grade_2", 290),
        ("grade_3", 95),
        ("premium_youjiao", 75),
        ("oil_burst", 20),
    ),
    "preserved_fresh": (("grade_1", 640), ("grade_2", 280), ("grade_3", 80)),
    "dry": (("grade_1", 460), ("grade_2", 380), ("ungraded", 160)),
}
CULTIVARS = (
    ("jiuyeqing", 790), ("jiuyeqing_early", 110), ("jiuyeqing_thornless", 70), ("tengjiao", 22), ("other", 8),
)  # fmt: skip
DAY_MS = 86_400_000
HOUR_MS = 3_600_000
MINUTE_MS = 60_000


def latest(now: datetime) -> int:
    """The newest season whose harvest is over everywhere."""
    today = clock.local_day(now)
    return today.year if today.month >= OVER_FROM_MONTH else today.year - 1


def picking_day(dice: Dice, season: int, band: str, altitude_m: int, cultivar: str) -> date:
    """A day of a plot's harvest: most of it in the middle of its band's weeks."""
    first, last = (date(season, *day) for day in _WINDOWS[band])
    span = (last - first).days
    later = (altitude_m - _LOW_M[band]) * 35 // 1000 + _MAIN_CULTIVAR_DAYS.get(cultivar, 0)
    middle = (dice.below(span + 1) + dice.below(span + 1)) // 2
    return first + timedelta(days=max(0, min(span, middle + later)))


@dataclass(frozen=True, slots=True)
class Prices:
    """What was paid: by form and grade, drifting from day to day for everybody alike."""

    drift: dict[int, int]
    """Permille of the first day's price, by day of the year."""

    @classmethod
    def drawn(cls, dice: Dice) -> "Prices":
        """A season's drift: down through the harvest, up again in autumn."""
        drift = {}
        level = 1060
        for day in range(1, 367):
            pull = -3 if 135 <= day <= 195 else 1 if day > 210 else 0
            level = max(690, min(1240, level + pull + dice.between(-7, 7)))
            drift[day] = level
        return cls(drift)

    def fen_per_kg(self, form: str, grade: str, day: date, offset_permille: int) -> int:
        """The price of a day at a place that pays `offset_permille` more or less, in tens of fen."""
        drift = self.drift[day.timetuple().tm_yday]
        if form != "fresh":  # what keeps is not sold in a hurry
            drift = 1000 + (drift - 1000) // 3
        return max(10, _FEN_PER_KG[form, grade] * drift * (1000 + offset_permille) // 10_000_000 * 10)
