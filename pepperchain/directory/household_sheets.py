"""The sheet of households with plots, as the importer uses it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from pepperchain.access.actor import Actor
from pepperchain.access.capabilities import Capability
from pepperchain.core import clock
from pepperchain.core.errors import Conflict, Refused
from pepperchain.core.units import Centimu
from pepperchain.core.words import N_
from pepperchain.directory import (
    household_lists,
    household_returns,
    matching_queries,
    people,
    plots,
    return_queries,
)
from pepperchain.directory.duplicates import fingerprint_of
from pepperchain.directory.household_judging_sheets import HouseholdChecker
from pepperchain.directory.household_lists import Correction, Newcomer, PlotOf
from pepperchain.directory.households import TABLE
from pepperchain.directory.people import Particulars
from pepperchain.directory.plots import Orchard
from pepperchain.directory.sheet_columns import HOUSEHOLDS as SPEC
from pepperchain.excel.columns import Words
from pepperchain.excel.judging import Checker, Done, Importable, Ready, Undoer, Writer, Written

CHANGED_SINCE = N_("This was changed since.")


class _Registrar(Writer):
    """Enters the new ones of a chunk together, then corrects, then plants: a household always comes before its plots."""

    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now
        self._ids: dict[str, int] = {}

    async def write(self, rows: Sequence[Ready]) -> list[Written]:
        before: dict[int, dict[str, Any]] = {row.position: {"at": clock.to_ms(self._now)} for row in rows}
        await self._enter([row for row in rows if row.ready["op"] == "enter"], before)
        await self._correct([row for row in rows if row.ready["op"] == "change"], before)
        await self._plant([row for row in rows if row.ready.get("plot") is not None], before)
        return [Written(row.position, str(self._household(row)), before[row.position]) for row in rows]

    def _household(self, row: Ready) -> int:
        known = row.ready.get("id")
        return self._ids[row.ready["key"]] if known is None else int(known)

    async def _enter(self, rows: Sequence[Ready], before: dict[int, dict[str, Any]]) -> None:
        newcomers = [_newcomer(row) for row in rows]
        await self._still_new(newcomers)
        for row, admitted in zip(
            rows, await household_lists.enter_many(self._actor, newcomers, now=self._now), strict=True
        ):
            self._ids[row.ready["key"]] = admitted.id
            before[row.position] |= {"made": admitted.id}

    async def _still_new(self, newcomers: Sequence[Newcomer]) -> None:
        """Since the file was checked, somebody may have entered one of them: then all of it is looked at again."""
        heads = [each.head for each in newcomers]
        numbers = {
            head.id_number: fingerprint_of("id_number", head.id_number) for head in heads if head.id_number
        }
        by_phone = await matching_queries.by_phone(self._actor, {head.phone for head in heads if head.phone})
        by_number = await matching_queries.by_id_number(set(numbers.values()))
        own = set(self._ids.values())
        for each in newcomers:
            same = [
                match
                for match in by_phone.get(each.head.phone or "", ())
                if (match.name, match.village_id) == (each.head.name, each.village_id)
            ] + list(by_number.get(numbers.get(each.head.id_number or "", ""), ()))
            if any(match.household_id not in own for match in same):
                raise Conflict(household_lists.CHANGED)

    async def _correct(self, rows: Sequence[Ready], before: dict[int, dict[str, Any]]) -> None:
        rows = [row for row in rows if row.ready["household"] or row.ready["head"] or row.secrets]
        if not rows:
            return
        done = await household_lists.change_many(
            self._actor, [_correction(row) for row in rows], now=self._now
        )
        for row, was in zip(rows, done, strict=True):
            if row.ready["household"]:
                household = was["household"]
                columns = household_returns.household_columns(household)
                before[row.position]["household"] = {
                    "id": household["id"],
                    "version": household["version"] + 1,
                    "was": columns,
                }
            if row.ready["head"] or row.secrets:
                head = was["head"]
                columns = household_returns.person_columns(head)
                before[row.position]["head"] = {
                    "id": head["id"],
                    "version": head["version"] + 1,
                    "was": columns,
                }

    async def _plant(self, rows: Sequence[Ready], before: dict[int, dict[str, Any]]) -> None:
        rows = [row for row in rows if row.ready["plot"]["changes"] or "id" not in row.ready["plot"]]
        wanted = [_plot(row, self._household(row)) for row in rows]
        season = clock.local_day(self._now).year
        for row, done in zip(
            rows, await household_lists.plant_many(self._actor, wanted, now=self._now), strict=True
        ):
            if "plot" not in done:
                before[row.position]["plot"] = {"id": done["id"], "version": 1, "made": True}
                continue
            was = done["plot"]
            practice = was["practice"] if was["season"] == season else None
            before[row.position]["plot"] = {
                "id": done["id"], "version": was["version"] + 1, "made": False, "was": household_returns.plot_columns(was),
                "season": season, "practice": practice,
            }  # fmt: skip


def _newcomer(row: Ready) -> Newcomer:
    household = dict(row.ready["household"])
    household["joined_on"] = _day(household["joined_on"])
    return Newcomer(id=row.seed, head=Particulars(**_head(row)), **household)


def _correction(row: Ready) -> Correction:
    ready = row.ready
    return Correction(
        household_id=ready["id"], version=ready["version"], head_version=ready["head_version"], household=ready["household"],
        head=_head(row),
    )  # fmt: skip


def _head(row: Ready) -> dict[str, Any]:
    head = {**row.ready["head"], **row.secrets}
    if head.get("born_on") is not None:
        head["born_on"] = _day(head["born_on"])
    return head


def _plot(row: Ready, household_id: int) -> PlotOf:
    plot = row.ready["plot"]
    orchard = Orchard(**{**plot["orchard"], "area": Centimu(plot["orchard"]["area"])})
    return PlotOf(
        id=uuid5(row.seed, "plot"),
        household_id=household_id,
        orchard=orchard,
        plot_id=plot.get("id"),
        version=plot.get("version", 0),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


class _Restorer(Undoer):
    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._actor = actor
        self._now = now

    async def conflicts(self, rows: Sequence[Done]) -> Mapping[int, Refused]:
        found: dict[int, Refused] = {}
        tables = {"household": TABLE, "head": people.TABLE, "plot": plots.TABLE}
        for part, table in tables.items():
            parts = {row.position: row.before[part] for row in rows if part in row.before}
            versions = await return_queries.versions(table, {each["id"] for each in parts.values()})
            found |= {
                at: Refused(CHANGED_SINCE)
                for at, each in parts.items()
                if versions.get(each["id"]) != each["version"]
            }
        made = {row.position: row.before for row in rows if "made" in row.before}
        for at in {before["at"] for before in made.values()}:
            since = await return_queries.since_entered(
                {before["made"] for before in made.values() if before["at"] == at}, at=clock.from_ms(at)
            )
            for position, before in made.items():
                if before["at"] == at and (
                    before["made"] not in since or not since[before["made"]].is_untouched
                ):
                    found[position] = Refused(CHANGED_SINCE)
        return found

    async def undo(self, rows: Sequence[Done]) -> None:
        changed = [row.before for row in rows]
        planted = [before["plot"] for before in changed if "plot" in before]
        await household_returns.remove_plots(self._actor, [plot["id"] for plot in planted if plot["made"]])
        was = [plot for plot in planted if not plot["made"]]
        await household_returns.restore(
            self._actor,
            households={
                before["household"]["id"]: before["household"]["was"]
                for before in changed
                if "household" in before
            },
            heads={before["head"]["id"]: before["head"]["was"] for before in changed if "head" in before},
            orchards={plot["id"]: plot["was"] for plot in was},
            practices=[(plot["id"], plot["season"], plot["practice"]) for plot in was],
            now=self._now,
        )
        await household_returns.remove_households(
            self._actor, [before["made"] for before in changed if "made" in before], now=self._now
        )


class _Households(Importable):
    code = "households"
    words = Words("椒农户和地块", "Households and plots")
    specs = (SPEC,)
    capability = Capability.DIRECTORY_EDIT

    def checker(self, actor: Actor, *, seed: UUID, now: datetime) -> Checker:
        return HouseholdChecker(actor, seed=seed, now=now)

    def writer(self, actor: Actor, *, now: datetime) -> Writer:
        return _Registrar(actor, now=now)

    def undoer(self, actor: Actor, *, committed_at: datetime, now: datetime) -> Undoer:
        return _Restorer(actor, now=now)


HOUSEHOLDS = _Households()
