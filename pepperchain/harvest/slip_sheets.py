"""Judging rows of weigh-ins: the way from a line on paper to the slip that a phone would have sent."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.core import clock
from pepperchain.core.errors import Invalid, Refused
from pepperchain.core.units import Fen, Grams, decimal
from pepperchain.core.words import N_
from pepperchain.directory import queries
from pepperchain.directory.sheet_rules import spoken
from pepperchain.excel.judging import (
    Checker,
    Judged,
    Verdict,
)
from pepperchain.excel.reader import StagedRow
from pepperchain.harvest import lists, standing
from pepperchain.harvest.forms import PICKED_BEFORE, WeighIn
from pepperchain.harvest.placing import place_many
from pepperchain.harvest.rules import SLIP_DIGITS
from pepperchain.harvest.slip_finding_sheets import Found, household_of, look_up
from pepperchain.harvest.slips import NewSlip, check, content_hash, plain
from pepperchain.harvest.standing import Standing
from pepperchain.web.forms import read

EVENING = timedelta(hours=19)
_SITE_ENDING = re.compile(r"(?:收购|过磅|称重)?[点站]$")
GENERATIONS_MAX = 20
ROWS_A_TURN = 50  # then pages get their turn
CODE_DIGITS_MAX = 12
OTHER_CONTENTS = N_(
    "A slip of this number was recorded with other contents. Void it first, or correct the number."
)

# What a form calls it, and the column that it is written in.
_COLUMN_OF = {
    "id": "number",
    "site_id": "site",
    "household_id": "name",
    "card_number": "card",
    "plot_id": "plot",
    "moisture_permille": "moisture",
    "price_fen_per_kg": "price",
}
# Where the other is not in the sheet.
_INSTEAD_OF = {
    "weighed_at": ("day",),
    "picked_at": ("picked_on", "weighed_at", "day"),
    "card": ("name",),
    "name": ("card",),
}
_HOUSEHOLD = frozenset({"card", "name", "phone"})
_PLAIN = ("form", "grade", "cultivar", "bags")


@dataclass(slots=True)
class _Candidate:
    """A row on its way: what is wrong so far, and the slip as soon as there is one."""

    row: StagedRow
    title: str
    wrong: list[Refused] = field(default_factory=list)
    slip: NewSlip | None = None
    key: str = ""
    standing: Standing | None = None


class SlipChecker(Checker):
    def __init__(self, actor: Actor, *, seed: UUID, now: datetime) -> None:
        self._actor = actor
        self._seed = seed
        self._now = now
        self._sites: dict[str, int] | None = None
        self._own_sites: list[int] = []
        self._prefixes: dict[int, str] = {}
        self._seen: dict[str, tuple[str, int]] = {}

    async def judge(self, rows: Sequence[StagedRow]) -> list[Judged]:
        await self._load_sites()
        found = await look_up(self._actor, rows)
        candidates = []
        for place, row in enumerate(rows):
            if place % ROWS_A_TURN == 0:
                await asyncio.sleep(0)
            candidates.append(self._candidate(row, found))
        await self._identify([each for each in candidates if each.slip is not None])
        await self._place(
            [each for each in candidates if each.slip is not None and not each.wrong and not _is_ours(each)]
        )
        return [_judged(each) for each in candidates]

    async def _load_sites(self) -> None:
        if self._sites is not None:
            return
        self._sites = {}
        own = self._actor.organization_id
        for site in sorted(await queries.sites_of(self._actor), key=lambda site: site.operator_id != own):
            for name in (site.name, site.slip_prefix, _SITE_ENDING.sub("", site.name)):
                self._sites.setdefault(spoken(name), site.id)
            self._prefixes[site.id] = site.slip_prefix
            if site.operator_id == own or own is None:
                self._own_sites.append(site.id)

    def _candidate(self, row: StagedRow, found: Found) -> _Candidate:
        values = row.values
        title = " ".join(str(values[key]) for key in ("number", "name", "card") if values.get(key))
        candidate = _Candidate(row, title or str(row.row_number))
        data: dict[str, Any] = {key: values.get(key) for key in _PLAIN}
        for fill in (self._site, self._household, self._weights, self._times, self._rest):
            try:
                fill(row, found, data)
            except Refused as refused:
                candidate.wrong.append(refused)
        candidate.key = _key(row, data)
        data["id"] = uuid5(self._seed, f"{candidate.key}/0") if candidate.key else self._seed
        try:
            form = read(WeighIn, data)
        except Invalid as invalid:
            _say(candidate, invalid)
            return candidate
        slip = form.slip()
        if not candidate.wrong and not row.problems:
            candidate.slip = slip
            return candidate
        try:
            # Nothing else of the row may go unsaid: people correct a file once.
            check(slip, now=self._now)
        except Invalid as invalid:
            _say(candidate, invalid)
        return candidate

    def _site(self, row: StagedRow, _found: Found, data: dict[str, Any]) -> None:
        assert self._sites is not None, "sites are loaded first"
        written = row.values.get("site")
        if written is None:
            if len(self._own_sites) != 1:
                raise Refused(N_("Write at which site this was weighed."), "site")
            data["site_id"] = self._own_sites[0]
            return
        site_id = self._sites.get(spoken(str(written)))
        if site_id is None:
            raise Refused(N_("There is no site called %(name)s among yours."), "site", name=str(written))
        data["site_id"] = site_id

    def _household(self, row: StagedRow, found: Found, data: dict[str, Any]) -> None:
        match = household_of(row, found)
        data["household_id"] = match.household_id
        plots = found.plots.get(match.household_id, [])
        written = row.values.get("plot")
        if written is not None:
            named = [plot for plot in plots if spoken(plot.name) == spoken(str(written))]
            if len(named) != 1:
                raise Refused(
                    N_("%(head)s has no plot called %(plot)s."), "plot", head=match.name, plot=str(written)
                )
            plots = named
            data["plot_id"] = named[0].id
        if data.get("cultivar") is None and "cultivar" not in {
            problem.column_key for problem in row.problems
        }:
            cultivars = {plot.cultivar for plot in plots}
            if len(cultivars) != 1:
                raise Refused(
                    N_("Write the cultivar: the register does not say which of them this is."), "cultivar"
                )
            data["cultivar"] = cultivars.pop()

    def _weights(self, row: StagedRow, _found: Found, data: dict[str, Any]) -> None:
        weights = {
            key: Grams(int(value))
            for key in ("gross", "tare", "deduction")
            if (value := row.values.get(key)) is not None
        }
        data.update(weights)
        net = row.values.get("net")
        if net is not None and "gross" in weights:
            added_up = weights["gross"] - weights.get("tare", Grams(0)) - weights.get("deduction", Grams(0))
            if added_up != net:
                raise Refused(
                    N_("Gross minus tare and deduction is %(added_up)s, but %(net)s is written."),
                    "net",
                    added_up=added_up,
                    net=Grams(int(net)),
                )

    def _times(self, row: StagedRow, _found: Found, data: dict[str, Any]) -> None:
        weighed = _moment(row.values.get("weighed_at"))
        day, time_of_day = row.values.get("day"), row.values.get("time")
        if weighed is None and day is not None:
            weighed = _moment(f"{day}T{time_of_day}") if time_of_day else _moment(f"{day}T00:00", EVENING)
        if weighed is None:
            if {"weighed_at", "day", "time"} & {problem.column_key for problem in row.problems}:
                return
            raise Refused(
                N_("Write when this was weighed."), "day" if "day" in row.sheet.letters else "weighed_at"
            )
        data["weighed_at"] = weighed
        picked = _moment(row.values.get("picked_at"))
        picked_on = row.values.get("picked_on")
        if picked is None and picked_on is not None:
            picked = min(_moment(f"{picked_on}T12:00") or weighed, weighed)
        data["picked_at"] = picked or weighed - PICKED_BEFORE

    def _rest(self, row: StagedRow, _found: Found, data: dict[str, Any]) -> None:
        if row.values.get("price") is not None:
            data["price"] = Fen(int(row.values["price"] or 0))
        if row.values.get("moisture") is not None:
            data["moisture"] = decimal(str(row.values["moisture"]), signed=True)

    async def _identify(self, candidates: Iterable[_Candidate]) -> None:
        """Gives every slip its id. One that an undone import had recorded counts as never recorded: the next id is tried."""
        left = list(candidates)
        for each in left:
            assert each.slip is not None, "only slips are identified"
            each.key = each.key or f"{each.slip.site_id}//{content_hash(each.slip)}"
        for generation in range(GENERATIONS_MAX):
            ids = {each.key: self._id(each, generation) for each in left}
            there = {slip.id: slip for slip in await standing.of_ids(ids.values())}
            again = []
            for each in left:
                assert each.slip is not None, "only slips are identified"
                id = ids[each.key]
                each.standing = there.get(str(id))
                each.slip = each.slip if each.slip.id == id else replace(each.slip, id=id)
                if each.standing is not None and each.standing.void_id == str(lists.undone_by(str(id))):
                    again.append(each)
            if not again:
                break
            left = again
        for each in candidates:
            self._met(each)
        await self._recognise([each for each in candidates if each.standing is None])

    def _id(self, each: _Candidate, generation: int) -> UUID:
        """The id of a row's slip; of numbered rows the first one was made with the form."""
        if generation == 0 and each.slip is not None and each.slip.id != self._seed:
            return each.slip.id
        return uuid5(self._seed, f"{each.key}/{generation}")

    async def _recognise(self, candidates: Sequence[_Candidate]) -> None:
        """Rows of an export come back under the numbers that we gave: they are the slips that are there already."""
        codes = {id(each): code for each in candidates if (code := self._own_code(each)) is not None}
        there = await standing.by_number(set(codes.values()))
        for each in candidates:
            slip = there.get(codes[id(each)]) if id(each) in codes else None
            if slip is None or each.slip is None:
                continue
            each.standing = slip
            if not slip.is_like(each.slip):
                each.wrong.append(Refused(OTHER_CONTENTS, "number"))

    def _own_code(self, each: _Candidate) -> tuple[int, int] | None:
        """Site and number of a slip's code as we write it: BP0036."""
        assert each.slip is not None, "only slips are recognised"
        written = str(each.row.values.get("number") or "").upper()
        prefix = self._prefixes.get(each.slip.site_id, "")
        number = written.removeprefix(prefix)
        if (
            not prefix
            or not written.startswith(prefix)
            or not number.isdigit()
            or not SLIP_DIGITS <= len(number) <= CODE_DIGITS_MAX
        ):
            return None
        return each.slip.site_id, int(number)

    def _met(self, each: _Candidate) -> None:
        earlier = self._seen.setdefault(each.key, (each.row.sheet.name, each.row.row_number))
        if earlier != (each.row.sheet.name, each.row.row_number):
            each.wrong.append(
                Refused(
                    N_("This is the same slip as in row %(row)s of %(sheet)s. If both were weighed, give each a number of its own."),
                    "number", row=str(earlier[1]), sheet=earlier[0],
                )
            )  # fmt: skip

    async def _place(self, candidates: Sequence[_Candidate]) -> None:
        slips = [each.slip for each in candidates if each.slip is not None]
        for each, placed in zip(candidates, await place_many(self._actor, slips, now=self._now), strict=True):
            standing = each.standing
            if standing is not None and standing.voided_at is not None:
                each.wrong.append(
                    Refused(
                        N_("This slip was recorded and voided since (%(reason)s). To record it anew, give it another number."),
                        "number", reason=standing.void_reason or "",
                    )
                )  # fmt: skip
                continue
            try:
                lists.checked(placed, now=self._now)
            except Refused as refused:
                _say(each, Refused(OTHER_CONTENTS, "number") if refused.field == "id" else refused)


def _is_ours(each: _Candidate) -> bool:
    """Whether the row was recognised by the number that we gave its slip."""
    return each.standing is not None and each.slip is not None and each.standing.id != str(each.slip.id)


def _key(row: StagedRow, data: Mapping[str, Any]) -> str:
    """What a row is the same as in any other file: a paper number of a site and year. Empty without a number: then all it says."""
    number, site_id, weighed_at = row.values.get("number"), data.get("site_id"), data.get("weighed_at")
    if number is None or site_id is None or weighed_at is None:
        return ""
    return f"{site_id}/{weighed_at.year}/{spoken(str(number))}"


def _where(row: StagedRow, refused: Refused) -> Refused:
    """The same refusal at the column that it was written in: a moment may have come in two columns, or from another one."""
    column = _COLUMN_OF.get(refused.field or "", refused.field or "")
    if column in row.sheet.letters:
        return refused.at(column)
    return refused.at(
        next((other for other in _INSTEAD_OF.get(column, ()) if other in row.sheet.letters), column)
    )


def _say(candidate: _Candidate, refused: Refused) -> None:
    """Adds what is not said yet, each at its column. Of a household that was not found, nobody can say what it grows."""
    row = candidate.row
    said = {problem.column_key for problem in row.problems} | {each.field for each in candidate.wrong}
    if said & _HOUSEHOLD:
        said.add("cultivar")
    for each in refused.errors if isinstance(refused, Invalid) else (refused,):
        placed = _where(row, each)
        if placed.field not in said:
            said.add(placed.field)
            candidate.wrong.append(placed)


def _moment(local: object, later: timedelta = timedelta()) -> datetime | None:
    return None if local is None else datetime.fromisoformat(str(local)).replace(tzinfo=clock.ZONE) + later


def _judged(each: _Candidate) -> Judged:
    if each.wrong or each.slip is None:
        return Judged(verdict=Verdict.WRONG, title=each.title, refusals=tuple(each.wrong))
    if each.standing is not None:
        return Judged(verdict=Verdict.UNCHANGED, title=each.title, target_id=each.standing.id)
    return Judged(
        verdict=Verdict.CREATE,
        title=each.title,
        target_id=str(each.slip.id),
        ready={"slip": plain(each.slip)},
    )
