"""Households with their people and plots, as rows of the register."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from uuid import UUID

from pepperchain.directory import people as registry
from pepperchain.directory import rules
from pepperchain.directory.reading_rules import readings
from pepperchain.seeds import names, numbers, places, seasons
from pepperchain.seeds.dice import Dice
from pepperchain.seeds.places import Village
from pepperchain.seeds.rows import Row, Rows

NO_PHONE_PERMILLE = 70
NO_PLOT_PERMILLE = 50
SEALED_PERMILLE = 200
MEAN_CENTIMU = 224
"""What a household has on average, by the shares below."""
_PEOPLE = ((1, 250), (2, 445), (3, 185), (4, 85), (5, 35))
_PLOTS = ((1, 440), (2, 350), (3, 155), (4, 55))
_PRACTICES = (("conventional", 560), ("light_simplified", 260), ("green_control", 120), ("dwarf_dense", 60))
_VIGOUR = {"conventional": 1000, "light_simplified": 1240, "green_control": 1060, "dwarf_dense": 1150}

HOUSEHOLD = (
    "id", "card_number", "village_id", "township_id", "group_number", "address", "cooperative_id", "people", "has_phone",
    "plots", "area_centimu", "head_id", "contact_person_id", "created_at",
)  # fmt: skip
PERSON = (
    "id", "request_id", "household_id", "township_id", "cooperative_id", "name", "pinyin", "initials", "sex", "born_on",
    "phone", "is_head", "has_smartphone", "id_number_sealed", "id_number_hash", "id_number_hint", "bank_card_sealed",
    "bank_card_hash", "bank_card_hint", "created_at",
)  # fmt: skip
MEMBERSHIP = ("id", "household_id", "organization_id", "township_id", "started_on", "created_at")
PLOT = (
    "id", "household_id", "village_id", "township_id", "cooperative_id", "name", "area_centimu", "cultivar", "planted_year",
    "tree_count", "altitude_m", "slope", "created_at",
)  # fmt: skip
PRACTICE = ("plot_id", "season", "practice")
TERM = ("kind", "term", "person_id", "township_id", "cooperative_id")
TERMS = "seed_term"
"""Terms wait here until all are there: written in their order they make a tight index."""


@dataclass(frozen=True, slots=True)
class Orchard:
    """What the scale needs to know of a plot."""

    plot_id: int
    cultivar: str
    altitude_m: int
    area_centimu: int
    vigour_permille: int


@dataclass(frozen=True, slots=True)
class Family:
    """What the scale needs to know of a household."""

    household_id: int
    village: Village
    grown_ups: tuple[int, ...]
    orchards: tuple[Orchard, ...]
    area_centimu: int


@dataclass(slots=True)
class Register:
    """Where families are entered: the rows that wait, the day it is, and the last season."""

    rows: Rows
    season: int
    created_ms: int
    phones: int = 0
    sealed: int = 0

    def enter(self, dice: Dice, village: Village, township_id: int, cooperative_id: int | None) -> Family:
        """One household with its people, plots, membership and search terms."""
        household_id = self.rows.id("directory_household")
        card = rules.card_number(household_id)
        has_phone = not dice.happens(NO_PHONE_PERMILLE)
        people = self._people(dice, household_id, township_id, cooperative_id, card, has_phone=has_phone)
        orchards, area = self._plots(dice, household_id, village, township_id, cooperative_id)
        self.rows.waiting["directory_household"].append((
            household_id, card, village.id, township_id, dice.between(1, 12), places.hamlet(dice), cooperative_id,
            len(people), has_phone, len(orchards), area, people[0], None, self.created_ms,
        ))  # fmt: skip
        if cooperative_id is not None:
            joined = date(2013, 1, 1) + timedelta(
                days=dice.below((date(self.season, 3, 1) - date(2013, 1, 1)).days)
            )
            self.rows.waiting["directory_membership"].append((
                self.rows.id("directory_membership"), household_id, cooperative_id, township_id, joined.isoformat(),
                self.created_ms,
            ))  # fmt: skip
        return Family(household_id, village, tuple(people[:2]), tuple(orchards), area)

    def _people(
        self,
        dice: Dice,
        household_id: int,
        township_id: int,
        cooperative_id: int | None,
        card: str,
        *,
        has_phone: bool,
    ) -> list[int]:
        family = names.surname(dice)
        sex: names.Sex = "m" if dice.happens(740) else "f"
        head_born = self.season - dice.between(38, 78)
        ids: list[int] = []
        for place in range(dice.weighted(_PEOPLE)):
            surname: str | None
            if place == 0:
                surname, born = family, head_born
            elif place == 1:
                sex = "f" if sex == "m" else "m"
                surname, born = None, head_born + dice.between(-6, 8)
            else:
                sex = "m" if dice.happens(520) else "f"
                surname, born = family, min(self.season - 1, head_born + dice.between(22, 34))
            name = names.name(dice, sex, born, family=surname).whole
            phone = None
            if has_phone and (place == 0 or (born < self.season - 12 and dice.happens(640))):
                self.phones += 1
                phone = numbers.phone(self.phones)
            ids.append(
                self._person(
                    dice, name, sex, born, household_id=household_id, township_id=township_id,
                    cooperative_id=cooperative_id, phone=phone, card=card if place == 0 else None,
                )
            )  # fmt: skip
        return ids

    def _person(
        self,
        dice: Dice,
        name: str,
        sex: names.Sex,
        born: int,
        *,
        household_id: int,
        township_id: int,
        cooperative_id: int | None,
        phone: str | None,
        card: str | None,
    ) -> int:
        person_id = self.rows.id("directory_person")
        born_on = date(born, 1, 1) + timedelta(days=dice.below(365))
        smartphone = phone is not None and dice.happens(820 if born > 1965 else 430)
        secrets: Row = (None,) * 7
        if card is not None and dice.happens(SEALED_PERMILLE):
            secrets = self._sealed(dice, born_on, sex)
        pinyin, initials, terms = _searched(name)
        self.rows.waiting["directory_person"].append((
            person_id, secrets[0], household_id, township_id, cooperative_id, name, pinyin, initials,
            "male" if sex == "m" else "female", born_on.isoformat(), phone, card is not None, smartphone,
            *secrets[1:], self.created_ms,
        ))  # fmt: skip
        waiting = self.rows.waiting[TERMS]
        for kind, term in terms:
            waiting.append((kind, term, person_id, township_id, cooperative_id))
        if phone is not None:
            waiting.append((rules.TermKind.PHONE.value, phone[::-1], person_id, township_id, cooperative_id))
        if card is not None:
            waiting.append((rules.TermKind.CARD.value, card, person_id, township_id, cooperative_id))
        return person_id

    def _sealed(self, dice: Dice, born_on: date, sex: names.Sex) -> Row:
        self.sealed += 1
        request_id = UUID(dice.event_id(self.created_ms))
        sealed = registry.sealed(
            request_id,
            id_number=numbers.id_number(born_on, self.sealed, sex),
            bank_card=numbers.bank_card(self.sealed) if dice.happens(800) else None,
        )
        return (str(request_id), *(sealed.get(column) for column in PERSON[13:19]))

    def _plots(
        self, dice: Dice, household_id: int, village: Village, township_id: int, cooperative_id: int | None
    ) -> tuple[list[Orchard], int]:
        if dice.happens(NO_PLOT_PERMILLE):
            return [], 0
        orchards: list[Orchard] = []
        total = 0
        for _ in range(dice.weighted(_PLOTS)):
            plot_id = self.rows.id("directory_plot")
            area = 30 + dice.below(140) + (dice.below(500) if dice.happens(100) else 0)
            cultivar = dice.weighted(seasons.CULTIVARS)
            altitude = max(180, village.altitude_m + dice.between(-45, 70))
            known = not dice.happens(60)
            self.rows.waiting["directory_plot"].append((
                plot_id, household_id, village.id, township_id, cooperative_id, dice.one(places.PLOTS), area, cultivar,
                self.season - dice.between(3, 18) if known else None, area * dice.between(105, 140) // 100 if known else None,
                altitude if known else None, dice.one(("flat", "sunny", "sunny", "shady")) if known else None, self.created_ms,
            ))  # fmt: skip
            practice = "conventional"
            if dice.happens(550):
                practice = dice.weighted(_PRACTICES)
                waiting = self.rows.waiting["directory_plot_practice"]
                waiting.append((plot_id, self.season, practice))
                if dice.happens(700):
                    waiting.append(
                        (plot_id, self.season - 1, practice if dice.happens(700) else "conventional")
                    )
            orchards.append(Orchard(plot_id, cultivar, altitude, area, _VIGOUR[practice]))
            total += area
        return orchards, total


@lru_cache(maxsize=300_000)
def _searched(name: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Pinyin, initials and search terms of a name; families share names, so most are found here."""
    reading = readings(name)[0]
    return reading.spelled, reading.initials, tuple(sorted(rules.terms(name)))
