"""Judging rows of memberships: each is a household's time in a cooperative, and no two may overlap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pepperchain.access.actor import Actor
from pepperchain.core import clock
from pepperchain.core.errors import Refused
from pepperchain.core.words import N_
from pepperchain.directory import (
    home_finding_sheets,
    sheet_queries,
)
from pepperchain.directory.home_finding_sheets import Named, household_of
from pepperchain.directory.matching_queries import Match
from pepperchain.directory.memberships import check_day, overlaps
from pepperchain.directory.queries import may_choose_cooperative
from pepperchain.directory.sheet_queries import MembershipNow
from pepperchain.directory.sheet_rules import spoken
from pepperchain.excel.judging import (
    Change,
    Checker,
    Judged,
    Verdict,
)
from pepperchain.excel.reader import StagedRow

NAMED = Named()


@dataclass(frozen=True, slots=True)
class _Time:
    """What a row says, once it can be read."""

    organization_id: int
    started_on: date
    ended_on: date | None


class MembershipChecker(Checker):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._today = clock.local_day(now)
        self._held: dict[int, list[MembershipNow]] = {}
        self._rows: dict[tuple[int, int, date], int] = {}

    async def judge(self, rows: Sequence[StagedRow]) -> list[Judged]:
        homes = await home_finding_sheets.look_up(self._actor, rows, NAMED)
        fresh = homes.households - self._held.keys()
        self._held |= {id: [] for id in fresh}
        for each in await sheet_queries.memberships(fresh):
            self._held[each.household_id].append(each)
        named = sorted({str(name) for row in rows if (name := row.values.get("cooperative"))})
        cooperatives = await sheet_queries.cooperatives_named(named)
        return [self._judge(row, homes, cooperatives) for row in rows]

    def _judge(
        self, row: StagedRow, homes: home_finding_sheets.Found, cooperatives: Mapping[str, int]
    ) -> Judged:
        wrong: list[Refused] = []
        home: Match | None = None
        try:
            home = household_of(row, homes, NAMED)
        except Refused as refused:
            wrong.append(refused)
        time = self._time(row, cooperatives, wrong)
        if wrong or home is None or time is None:
            return Judged(verdict=Verdict.WRONG, title=_title(row), refusals=tuple(wrong))
        try:
            return self._against(row, home.household_id, time)
        except Refused as refused:
            return Judged(verdict=Verdict.WRONG, title=_title(row), refusals=(refused,))

    def _time(self, row: StagedRow, cooperatives: Mapping[str, int], wrong: list[Refused]) -> _Time | None:
        organization_id: int | None = None
        days: list[date | None] = [None, None]
        try:
            organization_id = self._cooperative(row, cooperatives)
        except Refused as refused:
            wrong.append(refused)
        for place, column in enumerate(("started_on", "ended_on")):
            written = row.values.get(column)
            if written is not None:
                days[place] = date.fromisoformat(str(written))
                try:
                    check_day(days[place] or self._today, self._today)
                except Refused as refused:
                    wrong.append(refused.at(column))
        started_on, ended_on = days
        if started_on is not None and ended_on is not None and ended_on < started_on:
            wrong.append(Refused(N_("It cannot end before it began."), "ended_on"))
        if organization_id is None or started_on is None:
            return None
        return _Time(organization_id, started_on, ended_on)

    def _cooperative(self, row: StagedRow, cooperatives: Mapping[str, int]) -> int:
        written, own = row.values.get("cooperative"), self._actor.organization_id
        if written is None:
            if may_choose_cooperative(self._actor) or own is None:
                raise Refused(N_("Write the cooperative."), "cooperative")
            return own
        found = cooperatives.get(spoken(str(written)))
        if found is None or not (may_choose_cooperative(self._actor) or found == own):
            raise Refused(N_("There is no cooperative called %(name)s."), "cooperative", name=str(written))
        return found

    def _against(self, row: StagedRow, home: int, time: _Time) -> Judged:
        """What a row would do, given what is there and what the rows above do."""
        key = (home, time.organization_id, time.started_on)
        if (earlier := self._rows.setdefault(key, row.row_number)) != row.row_number:
            raise Refused(N_("This membership is in row %(row)s already."), "started_on", row=str(earlier))
        held = self._held[home]
        there = next(
            (
                each
                for each in held
                if (each.organization_id, each.started) == (time.organization_id, time.started_on)
            ),
            None,
        )
        if there is not None and time.ended_on in (None, there.ended):
            return Judged(verdict=Verdict.UNCHANGED, title=_title(row), target_id=str(there.id))
        for other in held:
            if other is not there and overlaps(other, time.started_on, time.ended_on):
                raise Refused(
                    N_("In these days the household was a member of %(name)s."),
                    "started_on",
                    name=other.organization,
                )
        ended = None if time.ended_on is None else time.ended_on.isoformat()
        if there is None:
            held.append(
                MembershipNow(
                    0, home, time.organization_id, _title(row), time.started_on.isoformat(), ended, 1
                )
            )
            ready = {
                "household": home, "organization": time.organization_id, "started_on": time.started_on.isoformat(), "ended_on": ended,
            }  # fmt: skip
            return Judged(verdict=Verdict.CREATE, title=_title(row), ready=ready)
        held[held.index(there)] = replace(there, ended_on=ended)
        return Judged(
            verdict=Verdict.UPDATE, title=_title(row), target_id=str(there.id),
            ready={
                "household": home, "id": there.id, "version": there.version, "started_on": there.started_on, "was": there.ended_on,
                "ended_on": ended,
            },
            changes=(Change("ended_on", there.ended_on, ended),),
        )  # fmt: skip


def _title(row: StagedRow) -> str:
    return str(row.values.get("name") or row.values.get("card") or row.row_number)
