"""A community of any size around the village: deterministic by its seed, written table by table, in balance at the end."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from pepperchain.access.actor import SYSTEM
from pepperchain.audit import chains, trail
from pepperchain.core import bulk, clock, db
from pepperchain.harvest import products, rules, yields
from pepperchain.ledger.books import LEDGER
from pepperchain.seeds import bodies, families, keeping, places, posting, seasons, sums, village, weighing
from pepperchain.seeds.bodies import Cooperative, Founding
from pepperchain.seeds.dice import Dice
from pepperchain.seeds.families import TERMS, Register
from pepperchain.seeds.keeping import Keeping
from pepperchain.seeds.places import Township
from pepperchain.seeds.posting import Books
from pepperchain.seeds.rows import Row, Rows
from pepperchain.seeds.sizes import SIZES, Size
from pepperchain.seeds.weighing import FORMS, Scales, Slip
from pepperchain.storage import reports

Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and how much there is."""

MEMBERS_PERMILLE = 620
_CHUNK_ROWS = 250_000
_SEAL_ROWS = 50_000
_SUBJECT = "community"
_MADE_BEFORE = "SELECT 1 FROM audit_entry WHERE subject = 'seed' AND subject_id = :subject_id"
_ENTRY = ("at", "actor_name", "role", "verb", "subject", "subject_id", "facts")

# Parents before children: the order in which waiting rows are written.
COLUMNS = {
    "directory_organization": bodies.ORGANIZATION,
    "directory_organization_term": bodies.ORGANIZATION_TERM,
    "directory_organization_relation": bodies.RELATION,
    "directory_site": bodies.SITE,
    "directory_household": families.HOUSEHOLD,
    "directory_person": families.PERSON,
    "directory_membership": families.MEMBERSHIP,
    "directory_plot": families.PLOT,
    "directory_plot_practice": families.PRACTICE,
    TERMS: families.TERM,
    "ledger_account": posting.ACCOUNT,
    "ledger_transaction": posting.TRANSACTION,
    "ledger_transfer": posting.TRANSFER,
    "harvest_weighin": weighing.SLIP,
    "storage_room": bodies.ROOM,
    "storage_lot": keeping.LOT,
    "storage_lot_slip": keeping.LOT_SLIP,
    "storage_movement": keeping.MOVEMENT,
}
_NUMBERED = (
    "directory_organization", "directory_organization_relation", "directory_site", "directory_household", "directory_person",
    "directory_membership", "directory_plot", "ledger_account", "storage_room", "storage_lot",
)  # fmt: skip
_LOADED = (*(table for table in COLUMNS if table != TERMS), "directory_term", *sums.TABLES)


@dataclass(frozen=True, slots=True)
class Made:
    """What a run has written."""

    size: str
    rows: int
    households: int
    slips: int
    lots: int


def _unheard(stage: str, done: int, total: int) -> None:
    """Progress that nobody asked for."""


async def generate(
    size: str | Size, *, seed: int = 1, now: datetime, progress: Progress = _unheard
) -> Made | None:
    """The village, and around it a community of `size`; None if one is there already.

    The same seed, `now` and version give the same rows on both engines, but for the random part of sealed values. The village is
    entered by verbs; all else goes round them in one transaction (`core.bulk`), counters and sums included, so that `doctor`
    finds nothing. No other process should use the database meanwhile.
    """
    progress("village", 0, 1)
    await village.load(now=now)
    progress("village", 1, 1)
    if size == "village" or await db.scalar(_MADE_BEFORE, subject_id=_SUBJECT) is not None:
        return None
    run = _Run(SIZES[size] if isinstance(size, str) else size, seed, now, progress)
    made = await run.make()
    for season in run.harvests:
        await yields.rebuild(SYSTEM, season=season, now=now)
        await reports.rebuild(SYSTEM, season=season, now=now)
    await _seal(now, progress)
    return made


class _Run:
    """One run: what it makes, and when its harvests were."""

    def __init__(self, size: Size, seed: int, now: datetime, progress: Progress) -> None:
        self.size, self.seed, self.now, self.progress = size, seed, now, progress
        self.season = seasons.latest(now)
        self.harvests = sorted({self.season - 1, self.season, rules.season_of(clock.local_day(now))})
        self.members = size.households * MEMBERS_PERMILLE // 1000
        self.made = {"households": 0, "slips": 0, "lots": 0}

    async def make(self) -> Made:
        """Everything, in one transaction."""
        townships = await places.townships(self.size.townships)
        cast = await _cast(townships)
        known = await _products(self.harvests)
        created_ms = clock.to_ms(clock.at_local(date(self.season, 3, 1), 9))
        async with bulk.loading(_LOADED) as loader:
            await loader.run(f"CREATE TEMP TABLE {TERMS} AS SELECT * FROM directory_term WHERE 1 = 0")
            first = await sums.firsts(loader)
            rows = Rows(loader, COLUMNS)
            await rows.number_from_there(*_NUMBERED)
            books = Books(rows)
            await books.take_over(loader)
            founding = Founding(rows, Dice(self.seed, "bodies"), created_ms, self.season)
            founding.found_all(self.size, townships, self.members, cast)
            register = Register(rows, self.season, created_ms)
            scales = self._scales(rows, books, known)
            for number, one in enumerate(founding.cooperatives):
                self._harvest(Dice(self.seed, "cooperative", number), one, register, scales)
                await rows.flush(least=_CHUNK_ROWS)
                self.progress("cooperatives", number + 1, len(founding.cooperatives))
            await self._others(rows, register, townships)
            founding.settle_rooms()
            await books.close(loader)
            await rows.flush()
            self.progress("sums", 0, 1)
            await sums.add_up(loader, first)
            await loader.copy("audit_entry", _ENTRY, [self._entry(rows.count)])
            self.progress("sums", 1, 1)
            self.progress("indexes", 0, 1)
        self.progress("indexes", 1, 1)
        return Made(self.size.name, rows.count, **self.made)

    def _scales(
        self, rows: Rows, books: Books, known: dict[tuple[str, str, str, int], products.Product]
    ) -> Scales:
        prices = {season: seasons.Prices.drawn(Dice(self.seed, "prices", season)) for season in self.harvests}
        return Scales(rows, books, known, prices, clock.to_ms(self.now), self.season)

    def _harvest(self, dice: Dice, one: Cooperative, register: Register, scales: Scales) -> None:
        """A cooperative's members, what they brought in two seasons and lately, and what became of it."""
        township = one.township
        members = [
            register.enter(dice, dice.one(one.villages), township.id, one.id) for _ in range(one.members)
        ]
        slips: list[Slip] = []
        for season, total in ((self.season - 1, self.size.past_slips), (self.season, self.size.slips)):
            slips += scales.harvest_of(
                dice, one, members, season=season, slips_permille=total * 1000 // self.members
            )
        keeping = Keeping(scales, self._open_permille())
        lots = keeping.plan(dice, one, slips)
        scales.post(dice, slips)
        keeping.post(dice, one, lots)
        self.made["households"] += len(members)
        self.made["slips"] += len(slips)
        self.made["lots"] += len(lots)

    def _open_permille(self) -> int:
        """How much of what keeps still lies in rooms, so that there are as many open lots as the size says."""
        shares = dict(FORMS)
        keeps = shares["preserved_fresh"] + shares["dry"]
        lots_lately = self.size.slips * shares["live"] * 4 // 5000
        return min(1000, (self.size.open_lots - lots_lately) * 1_000_000 // (self.size.slips * keeps))

    async def _others(self, rows: Rows, register: Register, townships: list[Township]) -> None:
        """Households that are in no cooperative."""
        others = self.size.households - self.members
        for township, count in zip(
            townships, places.shared_out(others, [one.weight for one in townships]), strict=True
        ):
            dice = Dice(self.seed, "others", township.name)
            for _ in range(count):
                register.enter(dice, dice.one(township.villages), township.id, None)
                await rows.flush(least=_CHUNK_ROWS)
            self.made["households"] += count
            self.progress("households", self.made["households"], self.size.households)
        await rows.flush()

    def _entry(self, rows: int) -> Row:
        facts = {"size": self.size.name, "seed": self.seed, "rows": rows, **self.made}
        return (
            clock.to_ms(self.now), SYSTEM.name, SYSTEM.role.value, "seed.generated", "seed", _SUBJECT,
            json.dumps(facts, sort_keys=True, separators=(",", ":")),
        )  # fmt: skip


async def _cast(townships: list[Township]) -> list[Cooperative]:
    """The cooperatives that are there already: they grow with the community."""
    by_id = {township.id: township for township in townships}
    found = []
    for id, township_id, village_id in await db.tuples(
        "SELECT id, township_id, village_id FROM directory_organization WHERE kind = 'cooperative' ORDER BY id"
    ):
        if township_id in by_id:
            township = by_id[township_id]
            home = [village for village in township.villages if village.id == village_id]
            found.append(Cooperative(id, township, (*home, *township.villages[-3:]), 0))
    return found


@db.unit_of_work
async def _products(harvests: list[int]) -> dict[tuple[str, str, str, int], products.Product]:
    """Every product that a harvest may have."""
    return {
        (form, grade, cultivar, season): await products.find_or_make(
            form=form, grade=grade, cultivar=cultivar, season=season
        )
        for season in harvests
        for form, grades in seasons.GRADES.items()
        for grade, _ in grades
        for cultivar, _ in seasons.CULTIVARS
    }


async def _seal(now: datetime, progress: Progress) -> None:
    """Seals what was loaded: left to the timer, it would take a night."""
    total = int(await db.scalar("SELECT COUNT(*) FROM ledger_transaction"))
    done = 0
    while sealed := await chains.seal_due(LEDGER, now=now, limit=_SEAL_ROWS):
        done += sealed
        progress("seals", done, total)
    while await chains.seal_due(trail.TRAIL, now=now, limit=_SEAL_ROWS):
        pass
